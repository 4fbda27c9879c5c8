using System.Collections.Concurrent;
using LLoCO.Core.Index;
using LLoCO.Core.Segments;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Says of sources in which document, at which place of it, and on which page and below which heading they stand. Parts of a
/// long document become one again here. Safe for concurrent use.</summary>
/// <param name="index">The index.</param>
internal sealed class SourcePlaces(IRetrievalIndex index)
{
    private const int MaxKept = 256;

    private readonly ConcurrentDictionary<string, TextOutline> _outlines = new(StringComparer.Ordinal);

    /// <summary>Finds the places.</summary>
    /// <param name="sources">The sources as they were read.</param>
    /// <param name="contents">Their texts, loaded once for the question.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <returns>The same sources, in order.</returns>
    /// <exception cref="LlocoException">A document is not there any more.</exception>
    public async Task<IReadOnlyList<AnswerSource>> FindAsync(
        IReadOnlyList<AnswerSource> sources, DocumentContents contents, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, (TextOutline Outline, int Before)>(StringComparer.Ordinal);
        var placed = new List<AnswerSource>(sources.Count);
        foreach (AnswerSource source in sources)
        {
            if (!found.TryGetValue(source.DocumentId, out (TextOutline Outline, int Before) of))
            {
                of = await LoadAsync(source.DocumentId, contents, cancellationToken).ConfigureAwait(false);
                found.Add(source.DocumentId, of);
            }

            int start = source.Start + of.Before, end = source.End + of.Before;
            placed.Add(source with
            {
                DocumentId = DocumentParts.DocumentOf(source.DocumentId), Start = start, End = end, Place = of.Outline.FindPlace(start, end),
            });
        }

        return placed;
    }

    /// <summary>Loads the outline of a document up to the end of a part.</summary>
    private async Task<(TextOutline Outline, int Before)> LoadAsync(
        string partId, DocumentContents contents, CancellationToken cancellationToken)
    {
        var parts = new List<TextOutline>();
        for (int number = 1; number <= DocumentParts.NumberOf(partId); number++)
        {
            string id = DocumentParts.IdOf(DocumentParts.DocumentOf(partId), number);
            DocumentRecord? record = await index.FindAsync(id, cancellationToken).ConfigureAwait(false);
            string key = record?.ContentHash ?? id;
            if (!_outlines.TryGetValue(key, out TextOutline? outline))
            {
                outline = TextOutline.Find(await contents.LoadTextAsync(id, cancellationToken).ConfigureAwait(false));
                if (_outlines.Count >= MaxKept)
                {
                    _outlines.Clear();
                }

                if (record is not null)
                {
                    _outlines[key] = outline;
                }
            }

            parts.Add(outline);
        }

        return (TextOutline.Join(parts), parts.SkipLast(1).Sum(part => part.Length));
    }
}
