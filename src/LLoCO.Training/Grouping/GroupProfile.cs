namespace LLoCO.Training.Grouping;

/// <summary>What documents of a group look like: their sum, and how near to it they are themselves.</summary>
internal sealed class GroupProfile
{
    /// <summary>The share of the usual similarity that is always enough.</summary>
    internal const double LooseShare = 0.8;

    /// <summary>The share of the usual similarity that is always needed.</summary>
    internal const double StrictShare = 0.4;

    // So few say little about how far apart others may be.
    private const int FewDocuments = 3;

    private readonly double[] _sum;
    private readonly double _length;

    private GroupProfile(string name, double[] sum, int documents)
    {
        Name = name;
        _sum = sum;
        Documents = documents;
        _length = Math.Sqrt(sum.Sum(value => value * value));
    }

    /// <summary>Gets the group's name.</summary>
    public string Name { get; }

    /// <summary>Gets the number of documents it was made of.</summary>
    public int Documents { get; }

    /// <summary>Gets the mean similarity of its own documents, each with the others.</summary>
    public double Usual { get; private set; }

    /// <summary>Gets the similarity below which a document does not belong to it.</summary>
    public double Limit { get; private set; }

    /// <summary>Makes a profile.</summary>
    /// <param name="name">The group.</param>
    /// <param name="documents">Its documents; at least one.</param>
    /// <param name="width">Number of places.</param>
    /// <param name="deviations">Standard deviations below the mean that a document may be.</param>
    public static GroupProfile Create(string name, IReadOnlyList<SparseVector> documents, int width, double deviations)
    {
        double[] sum = new double[width];
        foreach (SparseVector document in documents)
        {
            for (int i = 0; i < document.Places.Length; i++)
            {
                sum[document.Places[i]] += document.Values[i];
            }
        }

        var profile = new GroupProfile(name, sum, documents.Count);
        double[] own = [.. documents.Select(document => profile.CompareWithout(document))];
        profile.Usual = own.Average();
        double deviation = Math.Sqrt(own.Average(value => (value - profile.Usual) * (value - profile.Usual)));

        // A group of equal documents would refuse every other; half of the usual similarity is never out of reach.
        profile.Limit = documents.Count < FewDocuments
            ? profile.Usual / 2
            : Math.Min(profile.Usual - (deviations * deviation), profile.Usual * LooseShare);
        profile.Limit = Math.Max(profile.Limit, profile.Usual * StrictShare);
        return profile;
    }

    /// <summary>Compares a document that is not one of the profile's.</summary>
    /// <param name="document">The document.</param>
    /// <returns>The cosine, 0 to 1 for words.</returns>
    public double Compare(SparseVector document) => _length > 0 ? document.Dot(_sum) / _length : 0;

    /// <summary>Compares one of the profile's documents with the others.</summary>
    /// <param name="document">The document.</param>
    /// <returns>The cosine; 0 where there are no others.</returns>
    public double CompareWithout(SparseVector document)
    {
        double dot = document.Dot(_sum);
        double squares = (_length * _length) - (2 * dot) + document.SquaredLength;
        return Documents > 1 && squares > 1e-12 ? (dot - document.SquaredLength) / Math.Sqrt(squares) : 0;
    }

    /// <summary>Weighs places by how much more the group has of them than others.</summary>
    /// <param name="others">The other groups.</param>
    /// <returns>Places by falling weight, those with a weight above 0.</returns>
    public IEnumerable<int> TellingPlaces(IReadOnlyList<GroupProfile> others) => _sum
        .Select((value, place) => (Place: place, Weight: (value / Documents)
            - others.Select(other => other._sum[place] / other.Documents).DefaultIfEmpty(0).Max()))
        .Where(one => one.Weight > 0)
        .OrderByDescending(one => one.Weight).ThenBy(one => one.Place)
        .Select(one => one.Place);
}
