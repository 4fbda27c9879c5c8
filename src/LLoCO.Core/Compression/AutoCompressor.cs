using System.Runtime.CompilerServices;
using LLoCO.Core.Runtime;

namespace LLoCO.Core.Compression;

/// <summary>Cuts a document's ids into segments: token counts, in order, that add up.</summary>
/// <param name="tokens">The whole document's ids.</param>
internal delegate IReadOnlyList<int> SegmentCutter(ReadOnlySpan<int> tokens);

/// <summary>
/// The AutoCompressor (arXiv 2305.14788) as LLoCO uses it (arXiv 2404.07979, section 3.1): the decoder's own weights, without an
/// adapter, turn each segment into <c>summary_length</c> vectors, given all earlier ones. Documents that are compressed at the
/// same time share passes.
/// </summary>
internal sealed class AutoCompressor : IContextCompressor
{
    private readonly LoadedModel _model;
    private readonly SegmentCutter _cut;
    private readonly SegmentQueue _queue;

    /// <summary>Creates a compressor over a loaded model.</summary>
    /// <param name="model">The model; not disposed here.</param>
    /// <param name="cut">Where segments end.</param>
    /// <param name="projector">Fingerprint of the projector that the vectors will go through.</param>
    /// <exception cref="LlocoException">The model has no summary embeddings.</exception>
    internal AutoCompressor(LoadedModel model, SegmentCutter cut, string projector = ModelFingerprint.IdentityProjector)
    {
        if (model.Config.SummaryLength < 1)
        {
            throw new LlocoException(
                "The model cannot compress: its config.json has no summary_length and it has no embed_summary. "
                + "Load an AutoCompressor checkpoint, or train one.");
        }

        _model = model;
        _cut = cut;
        _queue = new SegmentQueue(model);
        Fingerprint = model.Fingerprint with { Projector = projector };
    }

    /// <inheritdoc/>
    public ModelFingerprint Fingerprint { get; }

    /// <summary>Gets the queue of segments, for tests and measurements.</summary>
    internal SegmentQueue Queue => _queue;

    /// <inheritdoc/>
    public int Width => _model.Config.HiddenSize;

    /// <inheritdoc/>
    public IReadOnlyList<int> Cut(ReadOnlySpan<int> tokens) => _cut(tokens);

    /// <inheritdoc/>
    public IAsyncEnumerable<float[]> CompressAsync(
        IReadOnlyList<ReadOnlyMemory<int>> segments,
        ReadOnlyMemory<float> earlier,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(segments);
        if (earlier.Length % Width != 0)
        {
            throw new ArgumentException(
                $"{earlier.Length} numbers are not whole summary vectors of width {Width}.", nameof(earlier));
        }

        for (int i = 0; i < segments.Count; i++)
        {
            _model.CheckIds(segments[i].Span, $"segment {i}");
        }

        return Run(segments, earlier, cancellationToken);
    }

    private async IAsyncEnumerable<float[]> Run(
        IReadOnlyList<ReadOnlyMemory<int>> segments,
        ReadOnlyMemory<float> earlier,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (segments.Count == 0)
        {
            yield break;
        }

        using CompressionRun run = await _model.Worker.RunAsync(
            () => new CompressionRun(_model.Model, earlier.Span, segments.Count), cancellationToken)
            .ConfigureAwait(false);
        foreach (ReadOnlyMemory<int> segment in segments)
        {
            yield return await _queue.NextAsync(run, segment, cancellationToken).ConfigureAwait(false);
        }
    }
}
