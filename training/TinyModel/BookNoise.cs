using LLoCO.Core.Numerics;
using LLoCO.Core.Segments;
using LLoCO.Evaluation.Synth;
using LLoCO.Training;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Sentences of the books that training may use (<c>training/books.txt</c>), as token ids.</summary>
internal sealed class BookNoise
{
    private readonly List<int[][]> _books = [];

    internal BookNoise(TrainingData data, WordEncoder encoder)
    {
        foreach (string text in data.BookTexts())
        {
            _books.Add(Sentences(text, encoder));
        }
    }

    /// <summary>Sentences one after the other from a random place in a random book.</summary>
    /// <param name="random">Chooses the place.</param>
    /// <param name="tokens">Most tokens in all.</param>
    internal List<int[]> Take(SeededRandom random, int tokens)
    {
        var taken = new List<int[]>();
        int[][] book = random.Pick(_books);
        for (int place = random.Next(book.Length); tokens > 0; place = (place + 1) % book.Length)
        {
            tokens -= book[place].Length;
            if (tokens >= 0)
            {
                taken.Add(book[place]);
            }
        }

        return taken;
    }

    private static int[][] Sentences(string book, WordEncoder encoder)
    {
        var sentences = new List<int[]>();
        int start = 0;
        foreach (int end in TextBreaks.FindSentenceEnds(book))
        {
            string sentence = string.Join(
                ' ', book[start..end].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            start = end;
            if (sentence.Length > 0)
            {
                var ids = new List<int>();
                encoder.Encode(sentence, ids);
                sentences.Add(ids.ToArray());
            }
        }

        return sentences.ToArray();
    }
}
