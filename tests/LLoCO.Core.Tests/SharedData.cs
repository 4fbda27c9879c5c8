using Xunit;

namespace LLoCO.Core.Tests;

/// <summary>Finds data sets beside the repository (<c>../shared/data</c>); they are not part of it.</summary>
internal static class SharedData
{
    /// <summary>Gets the path of a file or folder, or skips the test where it is absent.</summary>
    public static string Require(string name)
    {
        string? path = null;
        for (DirectoryInfo? folder = new(RepositoryFiles.Root); folder is not null && path is null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data", name);
            path = Path.Exists(candidate) ? candidate : null;
        }

        Assert.SkipUnless(path is not null, $"Put ../shared/data/{name} beside the repository; docs/evaluation.md says where it is published.");
        return path!;
    }
}
