using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization.Json;

namespace LLoCO.Core.Tokenization;

/// <summary>Loads a model's vocabulary file, whichever of the three formats it is in.</summary>
public static class TokenizerFile
{
    /// <summary>Name of the older formats' file in a model folder.</summary>
    internal const string FileName = "tokenizer.model";

    /// <summary>
    /// Loads a vocabulary file: SentencePiece (Llama 1 and 2), tiktoken (Llama 3) or <c>tokenizer.json</c> (models of today),
    /// told apart by content.
    /// </summary>
    /// <param name="path">
    /// The file, or a model folder with a <c>tokenizer.model</c>, <c>original/tokenizer.model</c> or <c>tokenizer.json</c> in it.
    /// If it has several, the one with more ids is taken; if these are equal, the <c>tokenizer.model</c>.
    /// </param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="FileNotFoundException">The file does not exist; the message says what is needed.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged, or uses something unsupported; the message names
    /// it.</exception>
    public static ITokenizer Load(string path) => Open(path).Tokenizer;

    /// <summary>Loads a vocabulary file and says which one it was.</summary>
    /// <param name="path">As for <see cref="Load(string)"/>.</param>
    /// <param name="file">The selected file.</param>
    /// <param name="warning">A warning about the choice where a folder has several; otherwise <see langword="null"/>.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="FileNotFoundException">As for <see cref="Load(string)"/>.</exception>
    /// <exception cref="CheckpointFormatException">As for <see cref="Load(string)"/>.</exception>
    public static ITokenizer Load(string path, out string file, out string? warning)
    {
        (ITokenizer tokenizer, file, warning) = Open(path);
        return tokenizer;
    }

    /// <summary>Loads a vocabulary file and says which one it was.</summary>
    /// <param name="path">As for <see cref="Load(string)"/>.</param>
    internal static TokenizerChoice Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Directory.Exists(path) ? TokenizerFolder.Choose(path) : new TokenizerChoice(LoadFile(path), path, null);
    }

    /// <summary>Loads one file.</summary>
    /// <param name="file">The file.</param>
    internal static ITokenizer LoadFile(string file)
    {
        byte[] start = new byte[1024];
        int length;
        using (FileStream stream = VocabularyFile.Open(file))
        {
            length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }

        ReadOnlySpan<byte> head = start.AsSpan(0, length);
        ForeignFile.Refuse(file, head);
        return IsJson(head) ? HuggingFaceTokenizer.Load(file)
            : TiktokenFile.LooksLikeOne(head) ? TiktokenFileTokenizer.Load(file)
            : SentencePieceTokenizer.Load(file);
    }

    // A SentencePiece file begins with a line feed (field 1), so a brace alone does not make JSON: it must be the first sign.
    private static bool IsJson(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> text = head.StartsWith("\uFEFF"u8) ? head[3..] : head;
        text = text.TrimStart(" \t\r\n"u8);
        return !text.IsEmpty && text[0] == (byte)'{' && text[1..].TrimStart(" \t\r\n"u8) is [(byte)'"' or (byte)'}', ..];
    }
}
