using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Evaluation;

namespace LLoCO.Tool;

/// <summary>Questions about documents that an index holds already, under its ids and groups.</summary>
internal static class IndexedQuestions
{
    /// <summary>Finds the document of each question in an index: by its text, or by its id.</summary>
    /// <param name="index">The index.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="cancellationToken">Cancels reading the index.</param>
    /// <returns>The questions whose documents the index holds, with its ids and groups.</returns>
    /// <exception cref="LlocoException">It holds none of them.</exception>
    public static async Task<IReadOnlyList<QuestionItem>> FindAsync(
        IRetrievalIndex index, IReadOnlyList<QuestionItem> questions, CancellationToken cancellationToken)
    {
        List<DocumentRecord> records =
            await index.ListDocumentsAsync(null, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<string, DocumentRecord> byHash = Unique(records, record => record.ContentHash);
        Dictionary<string, DocumentRecord> byId = Unique(records, record => record.Id);
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        var found = new List<QuestionItem>();
        foreach (QuestionItem item in questions.Where(item => item.DocumentId is not null))
        {
            string? hash = item.Document is null ? null
                : hashes.TryGetValue(item.DocumentId!, out string? known) ? known
                : hashes[item.DocumentId!] = ContentHash.OfText(item.Document);
            if ((hash is not null && byHash.TryGetValue(hash, out DocumentRecord? record)) || byId.TryGetValue(item.DocumentId!, out record))
            {
                found.Add(item with { DocumentId = record.Id, Group = record.Group });
            }
        }

        return found.Count > 0
            ? found
            : throw new LlocoException($"The index holds the document of none of the {questions.Count} questions. Compress them into it "
                + "first, or give questions about its documents.");
    }

    private static Dictionary<string, DocumentRecord> Unique(List<DocumentRecord> records, Func<DocumentRecord, string> key) =>
        records.GroupBy(key, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal);
}
