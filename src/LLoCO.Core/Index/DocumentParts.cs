using System.Globalization;
using System.Runtime.CompilerServices;

namespace LLoCO.Core.Index;

/// <summary>
/// The ids of the parts of a document that is longer than the decoder can hold. The index holds each part as a document of its own.
/// The first has the document's id; the others have it with a sign and their number, so that every index can hold them.
/// </summary>
internal static class DocumentParts
{
    /// <summary>Stands between id and number; no document of a caller may have it in its id.</summary>
    public const char Mark = '\u241F';

    /// <summary>Makes the id of a part.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="number">The part, from 1.</param>
    public static string IdOf(string documentId, int number) =>
        number == 1 ? documentId : string.Create(CultureInfo.InvariantCulture, $"{documentId}{Mark}{number}");

    /// <summary>Gets the document of a part.</summary>
    /// <param name="partId">The id of a part, or of a document that has none.</param>
    public static string DocumentOf(string partId) =>
        partId.LastIndexOf(Mark) is >= 0 and var mark ? partId[..mark] : partId;

    /// <summary>Gets the number of a part.</summary>
    /// <param name="partId">The id of a part.</param>
    /// <returns>From 1; 1 too for a document that has no parts.</returns>
    public static int NumberOf(string partId) => partId.LastIndexOf(Mark) is >= 0 and var mark
        && int.TryParse(partId.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 1;

    /// <summary>Finds the parts of a document in an index.</summary>
    /// <param name="index">The index.</param>
    /// <param name="documentId">The document.</param>
    /// <param name="first">The first part to look for.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The records of the parts, in order; the one record of a document that has none.</returns>
    public static async IAsyncEnumerable<DocumentRecord> FindAsync(
        IRetrievalIndex index, string documentId, int first = 1, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        int number = first;
        while (await index.FindAsync(IdOf(documentId, number), cancellationToken).ConfigureAwait(false) is { } part)
        {
            yield return part;
            number++;
        }
    }

    /// <summary>Removes parts of a document, the last one first: what remains after an interruption can be removed again.</summary>
    /// <param name="index">The index.</param>
    /// <param name="documentId">The document.</param>
    /// <param name="first">The first part to remove; 1 for the whole document.</param>
    /// <param name="cancellationToken">Checked before each part.</param>
    /// <returns>Whether there was one.</returns>
    public static async Task<bool> DeleteAsync(
        IRetrievalIndex index, string documentId, int first, CancellationToken cancellationToken)
    {
        List<DocumentRecord> parts =
            await FindAsync(index, documentId, first, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        for (int i = parts.Count - 1; i > 0; i--)
        {
            await index.DeleteAsync(parts[i].Id, cancellationToken).ConfigureAwait(false);
        }

        // The first is asked for in any case: the index may hold a checkpoint of it.
        return await index.DeleteAsync(IdOf(documentId, first), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sums the parts of a document up.</summary>
    /// <param name="parts">The parts, in order.</param>
    public static DocumentRecord Join(IReadOnlyList<DocumentRecord> parts) => parts.Count == 1
        ? parts[0]
        : parts[0] with
        {
            Tokens = parts.Sum(part => part.Tokens),
            SummaryCount = parts.Sum(part => part.SummaryCount),
            Segments = parts.Sum(part => part.Segments),
            Fidelity = parts.All(part => part.Fidelity is not null)
                ? parts.Sum(part => part.Fidelity * part.Tokens) / parts.Sum(part => (double)part.Tokens)
                : null,
            IsMarked = parts.Any(part => part.IsMarked),
        };
}
