using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Retrieval;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Chooses the documents that a question is answered from: of one group, whose adapter reads them, or of any where the
/// question names its adapter.</summary>
internal sealed class DocumentChooser(PipelineLayers layers)
{
    /// <summary>Number of passages searched to find those of the documents that the caller named.</summary>
    private const int HitsForNamed = 64;

    private readonly DocumentRetriever _retriever = new(layers.Index, layers.Embedder);

    /// <summary>Finds the documents that a question is answered from: those it names, or those that retrieval ranks
    /// first.</summary>
    /// <param name="question">The question.</param>
    /// <param name="options">Group or documents to search.</param>
    /// <param name="topK">Most documents; at least 1.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <exception cref="LlocoException">There is nothing to choose from, or the options contradict each other.</exception>
    public async Task<ChosenDocuments> ChooseAsync(
        string question, AskOptions options, int topK, CancellationToken cancellationToken)
    {
        if (options.DocumentIds.Count > 0)
        {
            return await NamedAsync(question, options, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<RankedDocument> ranked = await _retriever.RetrieveAsync(
            question, options.Group, topK, Mixes(options), cancellationToken).ConfigureAwait(false);
        return ranked.Count == 0
            ? await WithoutHitsAsync(options.Group, topK, cancellationToken).ConfigureAwait(false)
            : new ChosenDocuments(CommonGroup(ranked.Select(one => one.Group)), [.. ranked.Select(one => Chosen(one.DocumentId, one.Passages))]);
    }

    private async Task<ChosenDocuments> NamedAsync(string question, AskOptions options, CancellationToken cancellationToken)
    {
        string? group = options.Group;
        var groups = new HashSet<string>(StringComparer.Ordinal);
        foreach (string id in options.DocumentIds)
        {
            DocumentRecord record = await layers.Index.FindAsync(id, cancellationToken).ConfigureAwait(false)
                ?? throw Missing(id, options.Group);
            groups.Add(record.Group);
            if ((options.Group is not null || !Mixes(options)) && record.Group != (options.Group ?? groups.First()))
            {
                // A caller that is limited to a group must learn nothing about other groups, not even that they have documents.
                throw options.Group is not null
                    ? Missing(id, options.Group)
                    : new LlocoException($"The documents '{options.DocumentIds[0]}' and '{id}' are of two groups: one adapter reads "
                        + "all documents of a question. Ask for documents of one group, or name the adapter.");
            }
        }

        group ??= CommonGroup(groups);

        ReadOnlyMemory<float> vector = await PassageEmbedding.OfQuestionAsync(layers.Embedder, question, cancellationToken)
            .ConfigureAwait(false);
        IReadOnlyList<PassageHit> hits = await layers.Index.SearchAsync(
            new PassageQuery(question, group, HitsForNamed * options.DocumentIds.Count, vector), cancellationToken)
            .ConfigureAwait(false);
        IReadOnlyList<RankedDocument> ranked = DocumentRanker.Rank(
            [.. hits.Where(hit => options.DocumentIds.Contains(DocumentParts.DocumentOf(hit.DocumentId)))], group,
            options.DocumentIds.Count, mixes: true);
        return new ChosenDocuments(group, [.. options.DocumentIds.Distinct(StringComparer.Ordinal).Select(
            id => ranked.FirstOrDefault(one => DocumentParts.DocumentOf(one.DocumentId) == id) is { } best
                ? Chosen(best.DocumentId, best.Passages)
                : Chosen(id, []))]);
    }

    /// <summary>Whether documents of several groups may be read together: the adapter that reads them is named.</summary>
    private static bool Mixes(AskOptions options) => options.Adapter is not null;

    private static string? CommonGroup(IEnumerable<string> groups) => groups.Distinct().Take(2).ToArray() is [var only] ? only : null;

    private static LlocoException Missing(string id, string? group) => new(group is null
        ? $"There is no document '{id}' in the index. Ingest it first."
        : $"There is no document '{id}' in the group '{group}'. Ingest it first.");

    // No word of the question is in the index. If there is only one choice, it can still be answered.
    private async Task<ChosenDocuments> WithoutHitsAsync(string? group, int topK, CancellationToken cancellationToken)
    {
        string scope = group is null ? "The index" : $"The group '{group}'";
        var records = new List<DocumentRecord>();
        await foreach (DocumentRecord record in layers.Index.ListAsync(group, cancellationToken).ConfigureAwait(false))
        {
            if (DocumentParts.NumberOf(record.Id) == 1)
            {
                records.Add(record);
            }

            if (records.Count > topK || record.Group != records[0].Group)
            {
                throw new LlocoException(
                    $"{scope} holds no passage that fits the question. Name documents, or use words of theirs.");
            }
        }

        return records.Count == 0
            ? throw new LlocoException($"{scope} holds no document. Ingest some first.")
            : new ChosenDocuments(records[0].Group, [.. records.Select(record => Chosen(record.Id, []))]);
    }

    private static ChosenDocument Chosen(string id, IReadOnlyList<PassageHit> passages) => new(
        id, [.. passages.Select(hit => new AnswerSource(id, hit.Start, hit.Start + hit.Length, hit.Text, hit.Score))]);
}
