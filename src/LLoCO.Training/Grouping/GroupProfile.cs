namespace LLoCO.Training.Grouping;

/// <summary>What documents of a group look like: their sum, and how near to it they are themselves.</summary>
internal sealed class GroupProfile
{
    /// <summary>Where the limit lies between documents of the most alike other group (0) and its own (1). Documents of a kind that came
    /// later, with other names, reach 0.6 to 0.8 of their kind's own; what is of no group is far below the other groups.</summary>
    internal const double LimitShare = 1.0 / 3;

    /// <summary>Where the limit of a group of very different documents lies at least.</summary>
    internal const double LeastShare = 0.1;

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

    /// <summary>Makes the profiles of groups.</summary>
    /// <param name="groups">Each with its documents; at least one.</param>
    /// <param name="width">Number of places.</param>
    /// <param name="deviations">Standard deviations below the mean that a document may be.</param>
    /// <returns>The profiles, in order.</returns>
    public static IReadOnlyList<GroupProfile> Create(
        IReadOnlyList<(string Name, IReadOnlyList<SparseVector> Documents)> groups, int width, double deviations)
    {
        GroupProfile[] profiles = [.. groups.Select(group => Sum(group.Name, group.Documents, width))];
        foreach ((int number, GroupProfile profile) in profiles.Index())
        {
            double other = groups.Where((_, i) => i != number)
                .Select(group => group.Documents.Average(profile.Compare)).DefaultIfEmpty(0).Max();
            profile.Calibrate(groups[number].Documents, Math.Max(0, other), deviations);
        }

        return profiles;
    }

    private static GroupProfile Sum(string name, IReadOnlyList<SparseVector> documents, int width)
    {
        double[] sum = new double[width];
        foreach (SparseVector document in documents)
        {
            for (int i = 0; i < document.Places.Length; i++)
            {
                sum[document.Places[i]] += document.Values[i];
            }
        }

        return new GroupProfile(name, sum, documents.Count);
    }

    private void Calibrate(IReadOnlyList<SparseVector> documents, double other, double deviations)
    {
        double[] own = [.. documents.Select(CompareWithout)];
        Usual = own.Average();
        double deviation = Math.Sqrt(own.Average(value => (value - Usual) * (value - Usual)));
        double above = Math.Max(0, Usual - other);
        Limit = Math.Max(Math.Min(other + (LimitShare * above), Usual - (deviations * deviation)), other + (LeastShare * above));
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
