using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Numerics;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Evaluation.Needles;

/// <summary>Needles in a haystack at every pair of a document length and a depth (section 4.6 of arXiv 2404.07979 has ten of
/// each).</summary>
/// <remarks>A document has one needle at each depth and is asked about all of them. The needles are similar, so the right one
/// must be told from the others, and a long document is compressed once rather than once for each depth.</remarks>
public sealed class NeedleGrid
{
    private readonly ITokenizer _tokenizer;
    private readonly INeedleSource _needles;
    private readonly IHaystack _haystack;
    private readonly string _group;
    private readonly int _seed;

    /// <summary>Describes a grid.</summary>
    /// <param name="tokenizer">Counts the tokens.</param>
    /// <param name="needles">What is hidden.</param>
    /// <param name="haystack">Where.</param>
    /// <param name="group">The group of the documents, whose adapter reads them.</param>
    /// <param name="seed">Chooses the sentences.</param>
    public NeedleGrid(ITokenizer tokenizer, INeedleSource needles, IHaystack haystack, string group, int seed) =>
        (_tokenizer, _needles, _haystack, _group, _seed) = (tokenizer, needles, haystack, group, seed);

    /// <summary>Gets the document lengths in tokens; at least one.</summary>
    public required IReadOnlyList<int> Lengths { get; init; }

    /// <summary>Gets the depths: 0 is the beginning of the document, 1 its end. At least one.</summary>
    public required IReadOnlyList<double> Depths { get; init; }

    /// <summary>Gets the documents of each length, with different needles. At least 1, the default.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>Gets whether a document holds one needle only; each depth then has a document of its own. Default: no.</summary>
    public bool Alone { get; init; }

    /// <summary>Spreads values evenly.</summary>
    /// <param name="low">The first.</param>
    /// <param name="high">The last.</param>
    /// <param name="count">How many, 0 or more; one alone is the last.</param>
    /// <returns>The values, the first and the last among them.</returns>
    public static IReadOnlyList<double> Spread(double low, double high, int count) =>
        [.. Enumerable.Range(0, count).Select(i => count == 1 ? high : low + (i * (high - low) / (count - 1)))];

    /// <summary>Finds the cell of a question.</summary>
    /// <param name="id">The id of a question of <see cref="Questions"/>.</param>
    /// <returns>Places of length and depth.</returns>
    public static (int Length, int Depth) CellOf(string id)
    {
        string[] parts = id.Split('/');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Composes the documents and their questions lazily.</summary>
    /// <param name="training">Whether with needles to learn from rather than to test with.</param>
    /// <returns>The questions, those of one document in a row.</returns>
    /// <exception cref="LlocoException">Needles or haystack do not suffice; thrown while the questions are read.</exception>
    public IEnumerable<QuestionItem> Questions(bool training = false) =>
        from length in Enumerable.Range(0, Lengths.Count)
        from repeat in Enumerable.Range(0, Repeats)
        from item in Documents(length, repeat, training).SelectMany(items => items)
        select item;

    /// <summary>Composes one of the longest documents.</summary>
    /// <returns>Its questions.</returns>
    public IReadOnlyList<QuestionItem> LongestDocument() =>
        Documents(Lengths.ToList().IndexOf(Lengths.Max()), 0, training: false).First();

    private IEnumerable<IReadOnlyList<QuestionItem>> Documents(int length, int repeat, bool training)
    {
        int number = (length * Repeats) + repeat;
        (Needle Needle, int Depth)[] needles =
            [.. _needles.Take(number, Depths.Count, training).Select((needle, depth) => (needle, depth))];
        return Alone
            ? needles.Select(one => Document(length, repeat, number, [one], training))
            : [Document(length, repeat, number, needles, training)];
    }

    private IReadOnlyList<QuestionItem> Document(
        int length, int repeat, int number, IReadOnlyList<(Needle Needle, int Depth)> hidden, bool training)
    {
        string name = string.Create(
            CultureInfo.InvariantCulture,
            $"needles-{_group}-{_seed}-{(training ? "training-" : "")}{number}{(Alone ? $"-{hidden[0].Depth}" : "")}");
        string text = Compose(Lengths[length], hidden, SeededRandom.For(_seed, name));
        return
        [
            .. hidden.Select(one => new QuestionItem(
                string.Create(CultureInfo.InvariantCulture, $"{length}/{one.Depth}/{repeat}"), _group, name, text,
                one.Needle.Question, [one.Needle.Answer], [])),
        ];
    }

    private string Compose(int tokens, IReadOnlyList<(Needle Needle, int Depth)> hidden, SeededRandom random)
    {
        int needed = hidden.Sum(one => Count(one.Needle.Text));
        var hay = new List<(string Text, int Tokens)>();
        int filled = 0;
        foreach (string sentence in _haystack.Sentences(random))
        {
            int count = Count(sentence);
            if (needed + filled + count > tokens)
            {
                break;
            }

            hay.Add((sentence, count));
            filled += count;
        }

        if (needed + filled < tokens * 0.9)
        {
            throw new LlocoException(
                $"The haystack ends after {needed + filled} tokens of the requested {tokens}. Use more books or a shorter length.");
        }

        return string.Join(' ', Mix(hay, filled, hidden)).Replace(" \n", "\n", StringComparison.Ordinal);
    }

    // A needle stands in front of the sentence in which the share of tokens that is its depth is reached.
    private IEnumerable<string> Mix(
        List<(string Text, int Tokens)> hay, int filled, IReadOnlyList<(Needle Needle, int Depth)> hidden)
    {
        var waiting = new Queue<(Needle Needle, int Depth)>(hidden.OrderBy(one => one.Depth));
        int before = 0;
        foreach ((string text, int tokens) in hay)
        {
            // The title stays the first sentence.
            while (before > 0 && waiting.TryPeek(out (Needle Needle, int Depth) next) && before >= Depths[next.Depth] * filled)
            {
                yield return waiting.Dequeue().Needle.Text;
            }

            yield return text;
            before += tokens;
        }

        foreach ((Needle needle, _) in waiting)
        {
            yield return needle.Text;
        }
    }

    private int Count(string text) => _tokenizer.Encode(text).Count;
}
