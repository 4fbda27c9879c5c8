using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Asking;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Trust;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>The part of an ingest that finds out whether the model knows the text, and says what speaks against answers from
/// it.</summary>
internal sealed class FamiliarityStep(PipelineLayers layers)
{
    private readonly DoubtJudge _judge = new(layers);
    private readonly FamiliarityMeter _meter = new(layers);

    /// <summary>Loads what was measured of a document.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="unchanged">Whether it has not changed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The figures; <see langword="null"/> if the document has changed, or if they lack a kind of the reference.</returns>
    public async Task<DocumentFamiliarity?> FindAsync(string documentId, bool unchanged, CancellationToken cancellationToken)
    {
        if (!unchanged)
        {
            return null;
        }

        DocumentFamiliarity? known =
            await layers.Index.LoadFamiliarityAsync(documentId, cancellationToken).ConfigureAwait(false);
        return layers.Reference is { } reference && !reference.Kinds.Keys.All(kind => known?.Unknown.ContainsKey(kind) is true)
            ? null
            : known;
    }

    /// <summary>Whether a document that has not changed needs no measuring.</summary>
    /// <param name="known">What <see cref="FindAsync"/> gave.</param>
    public bool IsSettled(DocumentFamiliarity? known) => known is not null || layers.Reference is null;

    /// <summary>Measures a document.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="cut">Its segments.</param>
    /// <param name="cancellationToken">Checked between stretches of it.</param>
    public Task<DocumentFamiliarity> MeasureAsync(string text, CutDocument cut, CancellationToken cancellationToken) =>
        _meter.MeasureAsync(text, cut, always: false, cancellationToken);

    /// <summary>Judges a document as the adapter of its group will read it.</summary>
    /// <param name="document">The document.</param>
    /// <param name="familiarity">What was measured of it.</param>
    /// <param name="isMarked">Whether it is marked for its fidelity.</param>
    public IReadOnlyList<Doubt> Judge(SourceDocument document, DocumentFamiliarity? familiarity, bool isMarked)
    {
        string? adapter = AdapterChoice.Choose(layers.Decoder, asked: null, document.Group);
        List<Doubt> doubts =
            [.. _judge.JudgeReader(adapter, document.Group), .. _judge.JudgeText(DocumentParts.DocumentOf(document.Id), familiarity, adapter)];
        if (isMarked)
        {
            doubts.Add(DoubtJudge.Marked(DocumentParts.DocumentOf(document.Id)));
        }

        return doubts;
    }

    /// <summary>Makes the result of a document that has not changed.</summary>
    /// <param name="document">The document.</param>
    /// <param name="stored">What the index has of it.</param>
    /// <param name="known">What was measured of it.</param>
    public IngestResult Unchanged(SourceDocument document, DocumentRecord stored, DocumentFamiliarity? known) =>
        new(document.Id, document.Group, IngestOutcome.Unchanged)
        {
            Tokens = stored.Tokens,
            SummaryVectors = stored.SummaryCount,
            Segments = stored.Segments,
            Doubts = Judge(document, known, stored.IsMarked),
        };
}
