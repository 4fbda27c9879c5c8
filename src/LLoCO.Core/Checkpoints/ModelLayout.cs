namespace LLoCO.Core.Checkpoints;

/// <summary>Where the decoder of a model folder is: in the folder itself, or beside an encoder in a folder of its own.</summary>
internal static class ModelLayout
{
    /// <summary>Gets the folder with the decoder's <c>config.json</c>, weights and tokenizer.</summary>
    /// <param name="folder">The model folder.</param>
    internal static string DecoderFolder(string folder) =>
        LclmFolder.IsOne(folder) ? Path.Combine(folder, LclmFolder.DecoderName) : folder;
}
