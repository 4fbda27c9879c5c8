using LLoCO.Core.Numerics;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Evaluation.DataSets;

/// <summary>Hides facts in book text by the recipe of BABILong (arXiv 2406.10149): sentences of a book follow each other up to a
/// number of tokens, and the facts stand at random places between them, in their own order.</summary>
/// <remarks>The same seed, books and id give the same text on every machine.</remarks>
public sealed class BabiLongHaystack
{
    private readonly ITokenizer _tokenizer;
    private readonly IReadOnlyList<string> _books;
    private readonly int _tokens;
    private readonly long _seed;

    /// <summary>Describes the haystack.</summary>
    /// <param name="books">The files of the books; at least one (<see cref="BookFiles.Find"/>).</param>
    /// <param name="tokenizer">Counts the tokens.</param>
    /// <param name="tokens">Most tokens of a document, facts included; at least 16.</param>
    /// <param name="seed">Chooses books and places. Default 0.</param>
    public BabiLongHaystack(IReadOnlyList<string> books, ITokenizer tokenizer, int tokens, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(books);
        ArgumentOutOfRangeException.ThrowIfZero(books.Count, nameof(books));
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 16);
        _tokenizer = tokenizer;
        _tokens = tokens;
        _seed = seed;
        _books = books;
    }

    /// <summary>Spreads facts, in their order, between sentences of the books until the text has the requested length.</summary>
    /// <param name="facts">The facts in order.</param>
    /// <param name="id">The question's id, which determines book and places together with the seed.</param>
    internal string Hide(IReadOnlyList<string> facts, string id)
    {
        int left = _tokens - facts.Sum(fact => Count(fact));
        if (left < 0)
        {
            throw new DataSetFault($"the facts alone need {_tokens - left} tokens, more than the requested {_tokens}.");
        }

        SeededRandom random = SeededRandom.For(_seed, id);
        List<string> noise = Noise(left, random);
        while (true)
        {
            string text = Mix(facts, noise, SeededRandom.For(_seed, id + "/places"));
            if (noise.Count == 0 || _tokenizer.Encode(text).Count <= _tokens)
            {
                return text;
            }

            // Sentences may need one more token together than alone.
            noise.RemoveAt(noise.Count - 1);
        }
    }

    private static string Mix(IReadOnlyList<string> facts, List<string> noise, SeededRandom random)
    {
        int[] places = [.. facts.Select(_ => random.Next(noise.Count + 1)).Order()];
        var sentences = new List<string>(facts.Count + noise.Count);
        int fact = 0;
        for (int place = 0; place <= noise.Count; place++)
        {
            for (; fact < places.Length && places[fact] == place; fact++)
            {
                sentences.Add(facts[fact]);
            }

            if (place < noise.Count)
            {
                sentences.Add(noise[place]);
            }
        }

        return string.Join(' ', sentences);
    }

    // From a random sentence on; the next book follows where one ends.
    private List<string> Noise(int left, SeededRandom random)
    {
        var noise = new List<string>();
        int first = random.Next(_books.Count);
        for (int turn = 0; turn < _books.Count; turn++)
        {
            IReadOnlyList<string> sentences = BookFiles.Sentences(_books[(first + turn) % _books.Count]);
            for (int i = turn == 0 && sentences.Count > 0 ? random.Next(sentences.Count) : 0; i < sentences.Count; i++)
            {
                left -= Count(sentences[i]);
                if (left < 0)
                {
                    return noise;
                }

                noise.Add(sentences[i]);
            }
        }

        throw new DataSetFault($"the books hold too little text for {_tokens} tokens. Ask for fewer, or bring more books.");
    }

    private int Count(string text) => _tokenizer.Encode(text).Count;
}
