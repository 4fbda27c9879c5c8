using System.Runtime.InteropServices;
using System.Text;
using LLoCO.Core.Tokenization;

namespace LLoCO.Training.Tokenization;

/// <summary>Learns a SentencePiece BPE vocabulary from text and writes it as a <c>tokenizer.model</c>.</summary>
/// <remarks>
/// The model is of LLaMA's kind: id 0 is <c>&lt;unk&gt;</c>, 1 <c>&lt;s&gt;</c>, 2 <c>&lt;/s&gt;</c>, 3 to 258 are the bytes,
/// then come pieces by rank and single characters by frequency, score = -rank. Normalization is the identity, a space goes before
/// the text, there is no padding id. Digits stay single, and no piece crosses the border of a word. Google's sentencepiece and
/// Microsoft.ML.Tokenizers both read it. The same text and options give the same bytes.
/// </remarks>
public static class SentencePieceTrainer
{
    private const int SpecialPieces = 3;
    private const int BytePieces = 256;

    /// <summary>Trains and writes a model.</summary>
    /// <param name="lines">Texts in the form they will be encoded in: lines or whole documents, line breaks included.</param>
    /// <param name="options">What to learn.</param>
    /// <param name="destination">Gets the <c>tokenizer.model</c>; stays open.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option lies outside its range.</exception>
    /// <exception cref="ArgumentException">A required word is not one word of letters, or the vocabulary is too small for the
    /// characters and the required words.</exception>
    public static void Train(IEnumerable<string> lines, SentencePieceTrainerOptions options, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(destination);
        Validate(options);
        HashSet<string> required = [.. options.RequiredWords.Select(RequiredPiece)];
        Dictionary<string, long> words = CountWords(lines);
        List<string> characters = ChooseCharacters(words, required, options.CharacterCoverage);
        int merges = options.VocabularySize - SpecialPieces - BytePieces - characters.Count;
        BytePairLearner learner = CreateLearner(words, required, [.. characters]);
        Learn(learner, merges, options);
        if (learner.Chosen.Count > merges)
        {
            throw new ArgumentException(
                $"A vocabulary of {options.VocabularySize} leaves {Math.Max(merges, 0)} merges beside "
                + $"{SpecialPieces + BytePieces} special and {characters.Count} character pieces; the required words need "
                + $"{learner.Chosen.Count}. Raise VocabularySize or require fewer words.",
                nameof(options));
        }

        SentencePieceModelWriter.Write(Model(learner.Chosen, characters), destination);
    }

    /// <summary>
    /// Frequent pairs first, for as long as the required words still fit; then the required words, whose merges rank behind
    /// and so disturb nothing; then frequent pairs again in the room that shared parts left over. Only where the required words
    /// would not fit letter by letter are some of the parts they share learned before all else.
    /// </summary>
    private static void Learn(BytePairLearner learner, int merges, SentencePieceTrainerOptions options)
    {
        int minimum = options.MinimumCount;
        int longest = options.MaximumPieceLength;
        while (learner.Chosen.Count + learner.OpenJoins > merges && learner.ChooseForRequired())
        {
        }

        while (learner.Chosen.Count + learner.OpenJoins < merges && learner.ChooseMostFrequent(minimum, longest))
        {
        }

        while (learner.ChooseForRequired())
        {
        }

        while (learner.Chosen.Count < merges && learner.ChooseMostFrequent(minimum, longest))
        {
        }
    }

    private static void Validate(SentencePieceTrainerOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.VocabularySize, SpecialPieces + BytePieces + 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinimumCount, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumPieceLength, 1, nameof(options));
        if (options.CharacterCoverage is not (> 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.CharacterCoverage, "CharacterCoverage is a share above 0, at most 1.");
        }
    }

    private static string RequiredPiece(string word)
    {
        string escaped = WordSplitter.Escape(word);
        var parts = new List<Range>();
        WordSplitter.Split(escaped, parts.Add);
        return parts.Count == 1 && parts[0].Equals(0..escaped.Length) && escaped.Length > 1
            ? escaped
            : throw new ArgumentException(
                $"The required word '{word}' is not one word of letters; spaces, digits and signs are pieces of their own.",
                nameof(word));
    }

    private static Dictionary<string, long> CountWords(IEnumerable<string> lines)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (string line in lines)
        {
            string escaped = WordSplitter.Escape(line);
            WordSplitter.Split(
                escaped, range => CollectionsMarshal.GetValueRefOrAddDefault(lookup, escaped.AsSpan(range), out _)++);
        }

        return counts;
    }

    private static List<string> ChooseCharacters(Dictionary<string, long> words, HashSet<string> required, double coverage)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach ((string word, long count) in words)
        {
            foreach (Rune rune in word.EnumerateRunes())
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, rune.ToString(), out _) += count;
            }
        }

        HashSet<string> needed = [.. required.SelectMany(word => word.EnumerateRunes()).Select(rune => rune.ToString())];
        needed.Add(SentencePieceModel.Space.ToString());
        foreach (string character in needed)
        {
            counts.TryAdd(character, 0);
        }

        long open = (long)Math.Ceiling(counts.Values.Sum() * coverage);
        var chosen = new List<string>();
        foreach ((string character, long count) in
            counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (open > 0 || needed.Contains(character))
            {
                chosen.Add(character);
            }

            open -= count;
        }

        return chosen;
    }

    private static BytePairLearner CreateLearner(
        Dictionary<string, long> words, HashSet<string> required, HashSet<string> characters)
    {
        var learner = new BytePairLearner();
        foreach ((string word, long count) in words.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!required.Contains(word))
            {
                AddCovered(learner, word, count, characters);
            }
        }

        foreach (string word in required.Order(StringComparer.Ordinal))
        {
            learner.Add(word, words.GetValueOrDefault(word), required: true);
        }

        return learner;
    }

    // A character that becomes bytes is a border for merges: no piece holds it.
    private static void AddCovered(BytePairLearner learner, string word, long count, HashSet<string> characters)
    {
        var part = new StringBuilder();
        foreach (Rune rune in word.EnumerateRunes())
        {
            if (characters.Contains(rune.ToString()))
            {
                part.Append(rune.ToString());
            }
            else
            {
                AddPart();
            }
        }

        AddPart();

        void AddPart()
        {
            if (part.Length > 0)
            {
                learner.Add(part.ToString(), count, required: false);
            }

            part.Clear();
        }
    }

    private static SentencePieceModel Model(IReadOnlyList<string> merged, List<string> characters)
    {
        var pieces = new List<SentencePiece>
        {
            new("<unk>", 0, SentencePieceType.Unknown),
            new("<s>", 0, SentencePieceType.Control),
            new("</s>", 0, SentencePieceType.Control),
        };
        pieces.AddRange(
            Enumerable.Range(0, BytePieces).Select(value => new SentencePiece($"<0x{value:X2}>", 0, SentencePieceType.Byte)));
        pieces.AddRange(
            merged.Concat(characters).Select((text, rank) => new SentencePiece(text, -rank, SentencePieceType.Normal)));
        return new SentencePieceModel { Pieces = pieces, ByteFallback = true, RemoveExtraWhitespaces = false, IsBytePair = true };
    }
}
