using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Tokenization;

/// <summary>Loads a model's vocabulary file, whichever of the two formats it is in.</summary>
public static class TokenizerFile
{
    /// <summary>Name of the file in a model folder.</summary>
    internal const string FileName = "tokenizer.model";

    private const string Remedy =
        "bring the model's own tokenizer.model: SentencePiece for Llama 1 and 2, tiktoken for Llama 3 (in its repository under "
        + "'original/tokenizer.model')";

    /// <summary>
    /// Loads a <c>tokenizer.model</c>: SentencePiece (Llama 1 and 2) or tiktoken (Llama 3), told apart by content.
    /// </summary>
    /// <param name="path">
    /// The file, or a model folder with a <c>tokenizer.model</c> in it or in its <c>original</c> folder.
    /// </param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="FileNotFoundException">There is no such file; where a folder has only a <c>tokenizer.json</c>, which is
    /// not read, the message says what to bring.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged, or a Hugging Face <c>tokenizer.json</c>.</exception>
    public static ITokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = Directory.Exists(path) ? Find(path) : path;
        byte[] start = new byte[1024];
        int length;
        using (FileStream stream = File.OpenRead(file))
        {
            length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }

        ReadOnlySpan<byte> head = start.AsSpan(0, length);
        if (IsJson(head))
        {
            throw new CheckpointFormatException(file, null, $"is JSON; tokenizer.json is not read: {Remedy}.");
        }

        return TiktokenFile.LooksLikeOne(head) ? TiktokenFileTokenizer.Load(file) : SentencePieceTokenizer.Load(file);
    }

    /// <summary>Finds the file in a model folder.</summary>
    /// <param name="folder">The model folder.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    internal static string Find(string folder)
    {
        string[] candidates = [Path.Combine(folder, FileName), Path.Combine(folder, "original", FileName)];
        return Array.Find(candidates, File.Exists)
            ?? throw new FileNotFoundException(
                File.Exists(Path.Combine(folder, "tokenizer.json"))
                    ? $"'{folder}' has a tokenizer.json, which is not read, and no tokenizer.model: {Remedy}."
                    : $"'{folder}' has no tokenizer.model: {Remedy}.",
                candidates[0]);
    }

    // A SentencePiece file begins with a line feed (field 1), so a brace alone does not make JSON: it must be the first sign.
    private static bool IsJson(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> text = head.StartsWith("\uFEFF"u8) ? head[3..] : head;
        text = text.TrimStart(" \t\r\n"u8);
        return !text.IsEmpty && text[0] == (byte)'{' && text[1..].TrimStart(" \t\r\n"u8) is [(byte)'"' or (byte)'}', ..];
    }
}
