using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Core.Validation;

namespace LLoCO.Training.Grouping;

/// <summary>Divides the documents of an index into groups of one kind each, so that an adapter for each can be trained.</summary>
/// <remarks>
/// Documents become TF-IDF vectors of the terms that the index searches, or the means of their passages' vectors. Average linkage joins
/// them; the number of groups is the one with the largest mean silhouette. Documents that fit no group, or too few together, are
/// <see cref="GroupingOptions.Unsure"/>.
/// </remarks>
public static class DocumentGrouper
{
    private const int Passes = 3;

    /// <summary>Proposes groups. Nothing is changed.</summary>
    /// <param name="index">The index.</param>
    /// <param name="options">How many groups, and what is compared.</param>
    /// <param name="cancellationToken">Checked before each document.</param>
    /// <exception cref="LlocoException">The index has no document, an option is out of range, or embeddings are compared and a
    /// document has none.</exception>
    public static async Task<GroupingPlan> PlanAsync(
        IRetrievalIndex index, GroupingOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        options ??= new GroupingOptions();
        OptionsFaults.ThrowIfAny(options, "grouping options");
        List<DocumentRecord> records =
            await index.ListDocumentsAsync(null, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        var reader = new SampleReader(index, options);
        var samples = new List<DocumentSample>();
        foreach (DocumentRecord record in EvenChoice.Take(records, options.MaxCompared))
        {
            if (await reader.ReadAsync(record, cancellationToken).ConfigureAwait(false) is { } sample)
            {
                samples.Add(sample);
            }
        }

        if (samples.Count == 0)
        {
            throw new LlocoException("The index holds no document to group. Ingest some first.");
        }

        DocumentSpace space = DocumentSpace.Fit(options.Evidence, samples);
        SparseVector[] vectors = [.. samples.Select(space.Map)];
        var search = new GroupSearch(options);
        int[] clusters = search.Find(vectors, cancellationToken);
        var names = new GroupNames(space);
        GroupProfile[] profiles = Settle(space, vectors, clusters, options);
        var planned = new Dictionary<string, (int Group, double Similarity, DocumentRecord Record)>(StringComparer.Ordinal);
        Dictionary<string, int> compared = samples.Index().ToDictionary(one => one.Item.Id, one => one.Index, StringComparer.Ordinal);
        foreach (DocumentRecord record in records)
        {
            if (compared.TryGetValue(record.Id, out int place))
            {
                planned[record.Id] = (clusters[place], Nearest(profiles, vectors[place], clusters[place]).Similarity, record);
            }
            else if (await reader.ReadAsync(record, cancellationToken).ConfigureAwait(false) is { } sample)
            {
                (int group, double similarity) = Nearest(profiles, space.Map(sample));
                planned[record.Id] = (group, similarity, record);
            }
        }

        return Describe(profiles, names, samples, clusters, [.. planned.Values], search.Score);
    }

    /// <summary>Moves documents to the group that they are nearest to, until none moves; one that is too far from all fits
    /// none.</summary>
    private static GroupProfile[] Settle(
        DocumentSpace space, SparseVector[] vectors, int[] clusters, GroupingOptions options)
    {
        GroupProfile[] profiles = Profile(space, vectors, clusters, options);
        for (int pass = 0; pass < Passes; pass++)
        {
            bool moved = false;
            for (int i = 0; i < vectors.Length; i++)
            {
                int before = clusters[i];
                clusters[i] = Nearest(profiles, vectors[i], before).Group;
                moved |= clusters[i] != before;
            }

            if (!moved)
            {
                break;
            }

            profiles = Profile(space, vectors, clusters, options);
        }

        return profiles;
    }

    /// <summary>Makes the profiles of groups; those that have become too small are dissolved, and the others numbered anew.</summary>
    private static GroupProfile[] Profile(DocumentSpace space, SparseVector[] vectors, int[] clusters, GroupingOptions options)
    {
        int[] kept = [.. clusters.Where(cluster => cluster >= 0).CountBy(cluster => cluster)
            .Where(cluster => cluster.Value >= Math.Min(options.MinDocuments, vectors.Length))
            .OrderByDescending(cluster => cluster.Value).ThenBy(cluster => cluster.Key).Select(cluster => cluster.Key)];
        for (int i = 0; i < clusters.Length; i++)
        {
            clusters[i] = Array.IndexOf(kept, clusters[i]);
        }

        return [.. GroupProfile.Create(
            [.. kept.Select((_, number) => (string.Empty, (IReadOnlyList<SparseVector>)[.. vectors.Where((_, i) => clusters[i] == number)]))],
            space.Width, options.Deviations)];
    }

    /// <summary>Finds the group of a document; what its own group has of it counts for nothing.</summary>
    private static (int Group, double Similarity) Nearest(IReadOnlyList<GroupProfile> profiles, SparseVector document, int own = -1)
    {
        (int nearest, double best) = (-1, double.NegativeInfinity);
        for (int i = 0; i < profiles.Count; i++)
        {
            double similarity = i == own ? profiles[i].CompareWithout(document) : profiles[i].Compare(document);
            (nearest, best) = similarity > best ? (i, similarity) : (nearest, best);
        }

        return nearest >= 0 && best >= profiles[nearest].Limit ? (nearest, best) : (-1, Math.Max(0, best));
    }

    private static GroupingPlan Describe(
        GroupProfile[] profiles, GroupNames names, List<DocumentSample> samples, int[] clusters,
        IReadOnlyList<(int Group, double Similarity, DocumentRecord Record)> planned, double silhouette)
    {
        var groups = new List<ProposedGroup>();
        foreach ((int number, GroupProfile profile) in profiles.Index())
        {
            DocumentSample[] own = [.. samples.Where((_, i) => clusters[i] == number)];
            IReadOnlyList<string> words = names.Telling(profile, [.. profiles.Where(other => other != profile)], own);
            (int Group, double, DocumentRecord Record)[] all = [.. planned.Where(document => document.Group == number)];
            groups.Add(new ProposedGroup(
                names.Name(words, own), words, all.Length, all.Sum(document => (long)document.Record.Tokens), profile.Usual, profile.Limit));
        }

        return new GroupingPlan(
            groups,
            [.. planned.Select(document => new PlannedDocument(
                document.Record.Id, document.Record.Group,
                document.Group < 0 ? GroupingOptions.Unsure : groups[document.Group].Name, document.Similarity))],
            silhouette);
    }
}
