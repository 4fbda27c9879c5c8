namespace LLoCO.Core.Tests.Tokenization;

/// <summary>Finds tokenizer files beside the repository (<c>../shared/data/tokenizers</c>); they are not part of it.</summary>
internal static class SharedTokenizers
{
    /// <summary>
    /// Gets the path of a <c>tokenizer.json</c>: from the shared data, else from the folder that the environment variable
    /// <c>LLOCO_TOKENIZERS</c> names, which has one folder a vocabulary; or skips the test.
    /// </summary>
    public static string RequireJson(string name)
    {
        string pairs = Require($"json/{name}/pairs.json");
        string here = Path.Combine(Path.GetDirectoryName(pairs)!, "tokenizer.json");
        string there = Path.Combine(Environment.GetEnvironmentVariable("LLOCO_TOKENIZERS") ?? string.Empty, name, "tokenizer.json");
        string? path = File.Exists(here) ? here : File.Exists(there) ? there : null;
        Assert.SkipUnless(
            path is not null, $"{name}/tokenizer.json is not on this machine; set LLOCO_TOKENIZERS to a folder with it in {name}/.");
        return path!;
    }

    /// <summary>Gets a file's path, or skips the test where it is absent.</summary>
    public static string Require(string name)
    {
        string? path = null;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null && path is null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "data", "tokenizers", name);
            path = File.Exists(candidate) ? candidate : null;
        }

        Assert.SkipUnless(path is not null, $"Put ../shared/data/tokenizers/{name} beside the repository: Llama 2's tokenizer.model, or the one of the model that the folder is named after.");
        return path!;
    }
}
