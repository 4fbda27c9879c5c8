using LLoCO.Core;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Tokenization.Json;

namespace LLoCO.Tool;

/// <summary>The output of <c>lloco inspect</c> for a vocabulary.</summary>
internal static class TokenizerInspection
{
    /// <summary>Checks by its name whether a file is a vocabulary.</summary>
    public static bool LooksLikeOne(string path) => Path.GetFileName(path) is "tokenizer.model" or "tokenizer.json";

    /// <summary>Inspects a vocabulary file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="LlocoException">It is damaged or not supported.</exception>
    public static Inspection OfFile(string path)
    {
        Inspection found = Describe(path);
        return found with { Text = "tokenizer: " + found.Text };
    }

    /// <summary>Inspects the vocabulary of a model folder. A fault is part of the output.</summary>
    /// <param name="folder">The folder.</param>
    public static Inspection OfFolder(string folder)
    {
        try
        {
            return Describe(folder);
        }
        catch (Exception error) when (error is LlocoException or FileNotFoundException)
        {
            return new Inspection(new { fault = error.Message }, $"cannot be used: {error.Message}");
        }
    }

    private static Inspection Describe(string path)
    {
        ITokenizer tokenizer = TokenizerFile.Load(path, out string source, out string? warning);
        string kind = tokenizer switch
        {
            HuggingFaceTokenizer json => json.Description,
            TiktokenFileTokenizer => "tiktoken",
            _ => "SentencePiece",
        };
        string file = Path.GetFileName(source);
        string begin = tokenizer.BeginOfSequenceId is { } id ? $"begins texts with {id}" : "begins texts with no token";
        string ends = tokenizer.EndOfSequenceIds.Count == 0 ? "names no end" : $"ends {string.Join(", ", tokenizer.EndOfSequenceIds)}";
        return new Inspection(
            new
            {
                kind,
                file,
                ids = tokenizer.VocabularySize,
                begin = tokenizer.BeginOfSequenceId,
                ends = tokenizer.EndOfSequenceIds,
                fingerprint = tokenizer.Fingerprint,
                warning,
            },
            $"{file}, {kind}, {tokenizer.VocabularySize:N0} ids; {begin}, {ends}"
                + (warning is null ? string.Empty : $"\n             {warning}"));
    }
}
