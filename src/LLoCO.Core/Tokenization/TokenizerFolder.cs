using System.Collections.Concurrent;
using System.Globalization;
using LLoCO.Core.Tokenization.Json;

namespace LLoCO.Core.Tokenization;

/// <summary>The selected vocabulary file.</summary>
/// <param name="Tokenizer">What it holds.</param>
/// <param name="File">The file.</param>
/// <param name="Warning">A warning about the choice, or <see langword="null"/>.</param>
internal sealed record TokenizerChoice(ITokenizer Tokenizer, string File, string? Warning);

/// <summary>Finds the vocabulary file of a model folder, and compares the files if there are several.</summary>
internal static class TokenizerFolder
{
    private const int MaxRemembered = 100;

    // Each kind of text that tokenizers are known to differ on: blanks, digits, case, contractions, code, scripts, halves of a
    // character in the vocabulary, signs.
    private static readonly string[] Samples =
    [
        "The captain's log, page 12: we'd sailed 3,450 miles.", "  two  blanks\tand a tab\n\n\nthree lines \r\n end ",
        "for (int i = 0; i < n; i++) { sum += a[i]; } // x_y", "NAÏVE café Straße ﬁn ½", "漢字とかな 한국어", "Привет, мир! مرحبا",
        "😀👍🏽 e\u0301 \u200b", "----====....", "1234567890", "\u2581word <tag> [x]",
    ];

    private static readonly ConcurrentDictionary<string, TokenizerChoice> Chosen = new(StringComparer.Ordinal);

    /// <summary>Checks whether a folder has a vocabulary file.</summary>
    public static bool HasOne(string folder) => Files(folder).Count > 0;

    /// <summary>Loads the vocabulary of a model folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static TokenizerChoice Choose(string folder)
    {
        IReadOnlyList<string> files = Files(folder);
        if (files.Count == 0)
        {
            throw new FileNotFoundException(
                $"'{folder}' has neither tokenizer.model nor tokenizer.json: bring the one that the model came with.",
                Path.Combine(folder, TokenizerFile.FileName));
        }

        if (files.Count == 1)
        {
            return new TokenizerChoice(TokenizerFile.LoadFile(files[0]), files[0], null);
        }

        // Both are loaded only the first time.
        string key = string.Join('|', files.Select(Mark));
        if (Chosen.TryGetValue(key, out TokenizerChoice? before))
        {
            return before with { Tokenizer = TokenizerFile.LoadFile(before.File) };
        }

        TokenizerChoice choice = ChooseOfTwo(files);
        if (Chosen.Count < MaxRemembered)
        {
            Chosen.TryAdd(key, choice with { Tokenizer = null! });
        }

        return choice;
    }

    private static TokenizerChoice ChooseOfTwo(IReadOnlyList<string> files)
    {
        TokenizerChoice older = Try(files[0], out LlocoException? olderFault);
        TokenizerChoice json = Try(files[1], out LlocoException? jsonFault);
        if (olderFault is not null && jsonFault is not null)
        {
            throw jsonFault;
        }

        if (olderFault is not null || jsonFault is not null)
        {
            return (olderFault is null ? older : json) with
            {
                Warning = $"Of two vocabularies one cannot be read, and the other was taken: {(olderFault ?? jsonFault)!.Message}",
            };
        }

        (TokenizerChoice taken, TokenizerChoice left) =
            json.Tokenizer.VocabularySize > older.Tokenizer.VocabularySize ? (json, older) : (older, json);
        return taken with { Warning = Compare(taken, left) };
    }

    /// <summary>Copies a vocabulary file and what belongs to it into a model folder.</summary>
    /// <param name="file">The file.</param>
    /// <param name="folder">The folder.</param>
    public static void Copy(string file, string folder)
    {
        bool isJson = TokenizerFile.LoadFile(file) is HuggingFaceTokenizer;
        File.Copy(file, Path.Combine(folder, isJson ? HuggingFaceTokenizer.FileName : TokenizerFile.FileName), overwrite: true);
        foreach (string name in isJson ? SpecialTokenNames.Files : [])
        {
            string beside = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, name);
            if (File.Exists(beside))
            {
                File.Copy(beside, Path.Combine(folder, name), overwrite: true);
            }
        }
    }

    // The older format first.
    private static List<string> Files(string folder)
    {
        string[] older = [Path.Combine(folder, TokenizerFile.FileName), Path.Combine(folder, "original", TokenizerFile.FileName)];
        string json = Path.Combine(folder, HuggingFaceTokenizer.FileName);
        return [.. older.Where(File.Exists).Take(1), .. File.Exists(json) ? [json] : Array.Empty<string>()];
    }

    private static string Mark(string file)
    {
        var info = new FileInfo(file);
        return string.Create(
            CultureInfo.InvariantCulture, $"{info.FullName} {info.Length} {info.LastWriteTimeUtc.Ticks}");
    }

    private static TokenizerChoice Try(string file, out LlocoException? fault)
    {
        try
        {
            fault = null;
            return new TokenizerChoice(TokenizerFile.LoadFile(file), file, null);
        }
        catch (LlocoException error)
        {
            fault = error;
            return new TokenizerChoice(null!, file, null);
        }
    }

    private static string? Compare(TokenizerChoice taken, TokenizerChoice left)
    {
        string? text = Array.Find(
            Samples, sample => !taken.Tokenizer.Encode(sample).SequenceEqual(left.Tokenizer.Encode(sample)));
        return text is null ? null
            : $"'{taken.File}' and '{left.File}' give different ids, for instance for \"{text.ReplaceLineEndings("\\n")}\". The first "
                + "is used. Take away the one that the model was not trained with.";
    }
}
