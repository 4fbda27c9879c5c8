using System.Text;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;

namespace LLoCO.Benchmarks.Index;

/// <summary>Documents of pronounceable made-up words, frequent ones and rare ones as in English (Zipf's law).</summary>
internal sealed class GeneratedDocuments
{
    private const int VocabularySize = 20_000;
    private const int WordsPerPassage = 120;

    /// <summary>Any fingerprint: retrieval does not look at vectors.</summary>
    internal static readonly ModelFingerprint Fingerprint = new("model", "tokenizer", 512, 16, "identity");

    private readonly Random _random;
    private readonly string[] _words;
    private readonly double[] _cumulative;

    internal GeneratedDocuments(int seed)
    {
        _random = new Random(seed);
        _words = [.. Enumerable.Range(0, VocabularySize).Select(Spell)];
        _cumulative = new double[VocabularySize];
        double sum = 0;
        for (int rank = 0; rank < VocabularySize; rank++)
        {
            sum += 1.0 / (rank + 1);
            _cumulative[rank] = sum;
        }
    }

    /// <summary>A document of so many passages, without summary vectors.</summary>
    internal IndexedDocument Next(string id, int passages)
    {
        var text = new StringBuilder();
        var cuts = new List<Passage>(passages);
        for (int passage = 0; passage < passages; passage++)
        {
            int start = text.Length;
            text.AppendJoin(' ', Enumerable.Range(0, WordsPerPassage).Select(_ => Word())).Append(". ");
            cuts.Add(new Passage(start, text.Length - start));
        }

        var summary = new SummaryEmbeddings(id, 0, 1, SummaryEncoding.BFloat16, default, [], Fingerprint);
        return new IndexedDocument(id, "generated", new string('0', 64), text.ToString(), 0, [], cuts, summary);
    }

    /// <summary>A question of so many words.</summary>
    internal string Question(int words) => string.Join(' ', Enumerable.Range(0, words).Select(_ => Word()));

    private string Word()
    {
        int rank = Array.BinarySearch(_cumulative, _random.NextDouble() * _cumulative[^1]);
        return _words[Math.Min(rank < 0 ? ~rank : rank, VocabularySize - 1)];
    }

    /// <summary>A syllable per base-70 digit of the rank: distinct for every rank.</summary>
    private static string Spell(int rank)
    {
        const string Consonants = "bdfgklmnprstvz";
        const string Vowels = "aeiou";
        var word = new StringBuilder();
        do
        {
            int digit = rank % (Consonants.Length * Vowels.Length);
            word.Append(Consonants[digit / Vowels.Length]).Append(Vowels[digit % Vowels.Length]);
            rank /= Consonants.Length * Vowels.Length;
        }
        while (rank > 0);
        return word.ToString();
    }
}
