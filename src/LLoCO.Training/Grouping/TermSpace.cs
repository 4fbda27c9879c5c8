namespace LLoCO.Training.Grouping;

/// <summary>
/// TF-IDF: (1 + ln count) · ln((documents + 1) / (documents with the term + 0.5)), of length 1 over all terms of a document.
/// </summary>
/// <remarks>A term of one document alone, and one that was never seen, has no place, because it makes no two documents alike. It
/// counts for the length: a text of other words must not look like a group by the few common words that it shares with it.</remarks>
internal sealed class TermSpace : DocumentSpace
{
    private readonly Dictionary<string, int> _places;
    private readonly double[] _weights;
    private readonly double _rare;
    private readonly string[] _terms;

    private TermSpace(string[] terms, double[] weights, double rare)
    {
        _terms = terms;
        _weights = weights;
        _rare = rare;
        _places = terms.Index().ToDictionary(term => term.Item, term => term.Index, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public override int Width => _terms.Length;

    /// <summary>Gets the terms by place.</summary>
    public IReadOnlyList<string> Terms => _terms;

    /// <summary>Counts terms.</summary>
    /// <param name="documents">The documents.</param>
    public static TermSpace Create(IReadOnlyList<DocumentSample> documents)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string term in documents.SelectMany(document => document.Terms.Keys))
        {
            counts[term] = counts.GetValueOrDefault(term) + 1;
        }

        string[] terms = [.. counts.Where(one => one.Value > 1).Select(one => one.Key).Order(StringComparer.Ordinal)];
        return new TermSpace(
            terms, [.. terms.Select(term => Weight(documents.Count, counts[term]))], Weight(documents.Count, 1));
    }

    /// <inheritdoc/>
    public override SparseVector Map(DocumentSample document)
    {
        var numbers = new List<(int Place, double Value)>(document.Terms.Count);
        double squares = 0;
        foreach ((string term, int count) in document.Terms)
        {
            bool known = _places.TryGetValue(term, out int place);
            double value = (1 + Math.Log(count)) * (known ? _weights[place] : _rare);
            squares += value * value;
            if (known && value > 0)
            {
                numbers.Add((place, value));
            }
        }

        numbers.Sort((left, right) => left.Place.CompareTo(right.Place));
        double length = squares > 0 ? Math.Sqrt(squares) : 1;
        return new SparseVector(
            [.. numbers.Select(number => number.Place)], [.. numbers.Select(number => (float)(number.Value / length))]);
    }

    private static double Weight(int documents, int with) => Math.Max(0, Math.Log((documents + 1) / (with + 0.5)));
}
