using Xunit;

namespace LLoCO.Core.Tests;

/// <summary>Finds data sets in <c>data</c>, or beside the repository (<c>../shared/data</c>); they are not part of it.</summary>
internal static class SharedData
{
    /// <summary>Gets the path of a file or folder, or skips the test where it is absent.</summary>
    public static string Require(string name)
    {
        string own = Path.Combine(RepositoryFiles.Root, "data", name);
        string? path = Path.Exists(own) ? own : null;
        for (DirectoryInfo? folder = new(RepositoryFiles.Root); folder is not null && path is null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data", name);
            path = Path.Exists(candidate) ? candidate : null;
        }

        Assert.SkipUnless(path is not null, $"Put {name} into the folder data of the checkout; docs/evaluation.md (Where the data is) says where it is published.");
        return path!;
    }
}
