using System.Runtime.CompilerServices;
using LLoCO.Core.Index;

namespace LLoCO.Extensions.VectorData.Passages;

/// <summary>Reads the passages of an index as records, with their vectors.</summary>
/// <param name="index">The index.</param>
/// <param name="group">Only documents of this group; all with <see langword="null"/>.</param>
internal sealed class PassageReader(IRetrievalIndex index, string? group)
{
    /// <summary>Reads all passages, by document and place.</summary>
    /// <param name="cancellationToken">Checked between documents.</param>
    public async IAsyncEnumerable<PassageRecord> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (DocumentRecord document in index.ListAsync(group, cancellationToken).ConfigureAwait(false))
        {
            foreach (PassageRecord record in await ReadAsync(document, cancellationToken).ConfigureAwait(false))
            {
                yield return record;
            }
        }
    }

    /// <summary>Reads the passages of a document.</summary>
    /// <param name="documentId">The document's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The passages in text order; none where there is no such document in the group.</returns>
    public async Task<IReadOnlyList<PassageRecord>> ReadAsync(string documentId, CancellationToken cancellationToken) =>
        await index.FindAsync(documentId, cancellationToken).ConfigureAwait(false) is { } document
            && (group is null || document.Group == group)
                ? await ReadAsync(document, cancellationToken).ConfigureAwait(false)
                : [];

    private async Task<IReadOnlyList<PassageRecord>> ReadAsync(DocumentRecord document, CancellationToken cancellationToken)
    {
        // A document that is deleted meanwhile has neither.
        string? text = await index.LoadTextAsync(document.Id, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Passage>? passages = await index.LoadPassagesAsync(document.Id, cancellationToken).ConfigureAwait(false);
        return text is null || passages is null
            ? []
            : [.. passages.Where(passage => passage.Start + passage.Length <= text.Length).Select(passage => Record(document, passage, text))];
    }

    private static PassageRecord Record(DocumentRecord document, Passage passage, string text) => new()
    {
        Key = PassageKey.Make(document.Id, passage.Start),
        DocumentId = document.Id,
        Group = document.Group,
        Start = passage.Start,
        End = passage.Start + passage.Length,
        Text = text.Substring(passage.Start, passage.Length),
        Vector = passage.Vector.IsEmpty ? null : Unit(passage.Vector.Span),
    };

    private static ReadOnlyMemory<float> Unit(ReadOnlySpan<float> vector)
    {
        double length = 0;
        foreach (float number in vector)
        {
            length += (double)number * number;
        }

        var unit = new float[vector.Length];
        for (int i = 0; i < unit.Length; i++)
        {
            unit[i] = length == 0 ? 0 : (float)(vector[i] / Math.Sqrt(length));
        }

        return unit;
    }
}
