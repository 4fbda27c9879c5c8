namespace LLoCO.Core.Tests.Tokenization;

/// <summary>Finds tokenizer files beside the repository (<c>../shared/data/tokenizers</c>); they are not part of it.</summary>
internal static class SharedTokenizers
{
    /// <summary>Gets a file's path, or skips the test where it is absent.</summary>
    public static string Require(string name)
    {
        string? path = null;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null && path is null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data", "tokenizers", name);
            path = File.Exists(candidate) ? candidate : null;
        }

        Assert.SkipUnless(path is not null, $"../shared/data/tokenizers/{name} is not on this machine.");
        return path!;
    }
}
