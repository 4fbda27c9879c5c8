using LLoCO.Core.Index;

namespace LLoCO.Training.Grouping;

/// <summary>Groups proposed for the documents of an index. Nothing is changed until <see cref="ApplyAsync"/>.</summary>
/// <param name="Groups">The groups, largest first.</param>
/// <param name="Documents">Where each document is to be, by id.</param>
/// <param name="Silhouette">How far the groups are apart: the mean silhouette of the documents compared, 0 to 1; 0 for one
/// group.</param>
public sealed record GroupingPlan(
    IReadOnlyList<ProposedGroup> Groups, IReadOnlyList<PlannedDocument> Documents, double Silhouette)
{
    /// <summary>Gets the documents whose group is to change.</summary>
    public IEnumerable<PlannedDocument> Moves => Documents.Where(document => document.From != document.Group);

    /// <summary>Gets the documents that fit no group.</summary>
    public IEnumerable<PlannedDocument> Unsure => Documents.Where(document => document.Group == GroupingOptions.Unsure);

    /// <summary>Moves the documents to their groups. A document that was removed since the plan was made is passed over.</summary>
    /// <param name="index">The index that the plan is of.</param>
    /// <param name="cancellationToken">Cancels between documents; with an index file, all or none are moved.</param>
    /// <returns>The number of documents moved.</returns>
    public Task<int> ApplyAsync(IRetrievalIndex index, CancellationToken cancellationToken = default) => index.RegroupAsync(
        Moves.ToDictionary(document => document.Id, document => document.Group, StringComparer.Ordinal), cancellationToken);
}

/// <summary>A proposed group.</summary>
/// <param name="Name">Its name: that of the group that most of its documents are in, else of its most telling words.</param>
/// <param name="Words">The words that tell it from the other groups, most telling first; empty where embeddings were compared.</param>
/// <param name="Documents">Number of documents.</param>
/// <param name="Tokens">Tokens of their texts.</param>
/// <param name="Similarity">Mean cosine of one document and the others.</param>
/// <param name="Limit">The cosine below which a document does not belong to it.</param>
public sealed record ProposedGroup(
    string Name, IReadOnlyList<string> Words, int Documents, long Tokens, double Similarity, double Limit);

/// <summary>Where a document is to be.</summary>
/// <param name="Id">The document.</param>
/// <param name="From">Its group in the index.</param>
/// <param name="Group">The group proposed; <see cref="GroupingOptions.Unsure"/> where it fits none.</param>
/// <param name="Similarity">The cosine of the document and its nearest group.</param>
public sealed record PlannedDocument(string Id, string From, string Group, double Similarity);
