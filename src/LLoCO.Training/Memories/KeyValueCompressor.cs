using System.Globalization;
using System.Runtime.CompilerServices;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Families;
using LLoCO.Core.Runtime;
using LLoCO.Core.Segments;
using LLoCO.Core.Tokenization;

namespace LLoCO.Training.Memories;

/// <summary>Makes key/value memories of documents with a model as it is. A chunk is a segment: it is read by itself, behind what a
/// prompt begins with, so a document can grow chunk by chunk.</summary>
internal sealed class KeyValueCompressor : IContextCompressor, ISizedCompressor
{
    private const int MaxChunk = 8192;

    /// <summary>Reference tokens that are read in one pass.</summary>
    private const int PassTokens = 2048;

    private readonly LoadedModel _model;
    private readonly KeyValueMemoryOptions _options;
    private readonly AttentionMatching _matching;
    private readonly ReferenceText _reference;
    private readonly Segmenter _segmenter;
    private readonly IReadOnlyList<int> _head;

    /// <summary>Creates a compressor over a loaded model.</summary>
    /// <param name="model">The model; not disposed here.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="prompt">Its prompt.</param>
    /// <param name="options">Checked options.</param>
    /// <exception cref="LlocoException">The model cannot read such memories, or chunks do not fit its window.</exception>
    internal KeyValueCompressor(LoadedModel model, ITokenizer tokenizer, PromptTemplate prompt, KeyValueMemoryOptions options)
    {
        MemoryPrefix.EnsureReadable(model.Config);
        _model = model;
        _options = options;
        _matching = new AttentionMatching(options);
        _reference = new ReferenceText(tokenizer, prompt);
        _head = prompt.EncodeHead(tokenizer);
        int window = model.Config.MaxPositions;
        int chunk = options.ChunkTokens > 0 ? options.ChunkTokens : Math.Min(MaxChunk, (window * 3 / 4) - _head.Count);
        if (chunk < 1 || chunk + _head.Count >= window)
        {
            throw new LlocoException($"Chunks of {chunk} tokens leave no room for a question in the window of {window} positions. Use "
                + $"shorter ones ({nameof(KeyValueMemoryOptions)}.{nameof(KeyValueMemoryOptions.ChunkTokens)}, --chunk).");
        }

        _segmenter = new Segmenter(chunk, SegmentBoundary.Sentence, tokenizer);
        Fingerprint = KeyValueMemory.Fingerprint(model.Fingerprint, _head.Count);
    }

    /// <inheritdoc/>
    public ModelFingerprint Fingerprint { get; }

    /// <inheritdoc/>
    public int Width => KeyValueMemory.Width(_model.Config);

    /// <inheritdoc/>
    public string Size => string.Create(
        CultureInfo.InvariantCulture,
        $"{_options.Ratio}/{_options.Slots}/{_options.Choice}/{_options.Worth}/{_options.ReferenceTokens}/{_options.Ridge}");

    /// <inheritdoc/>
    public IReadOnlyList<int> Cut(ReadOnlySpan<int> tokens) => _segmenter.Cut(tokens);

    /// <inheritdoc/>
    public async IAsyncEnumerable<float[]> CompressAsync(
        IReadOnlyList<ReadOnlyMemory<int>> segments,
        ReadOnlyMemory<float> earlier,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(segments);
        for (int i = 0; i < segments.Count; i++)
        {
            _model.CheckIds(segments[i].Span, $"segment {i}");
            yield return await ReadAsync(segments[i], cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The slots of a chunk.</summary>
    /// <param name="tokens">Its tokens.</param>
    internal int CountSlots(int tokens)
    {
        int all = tokens + _head.Count;
        return _options.Slots is { } slots ? Math.Min(slots, all) : (int)Math.Clamp(Math.Ceiling(all / _options.Ratio), 1, all);
    }

    private async Task<float[]> ReadAsync(ReadOnlyMemory<int> chunk, CancellationToken cancellationToken)
    {
        ModelWorker worker = _model.Worker;
        int[] ids = [.. _head, .. chunk.Span];
        using ChunkMemory memory = await worker.RunAsync(
            () => new ChunkMemory(_model.Model, ids, CountSlots(chunk.Length)), cancellationToken).ConfigureAwait(false);
        while (await worker.RunAsync(memory.Prefill, cancellationToken).ConfigureAwait(false))
        {
        }

        int room = new WindowBudget(_model.Config.MaxPositions) { RawText = ids.Length }.Room;
        foreach (IReadOnlyList<int[]> pass in ReferenceText.Join(_reference.Create(chunk.Span, _options.ReferenceTokens, room), PassTokens))
        {
            await worker.RunAsync(() => memory.Refer(pass), cancellationToken).ConfigureAwait(false);
        }

        for (int layer = 0; layer < _model.Config.Layers; layer++)
        {
            int at = layer;
            await worker.RunAsync(() => memory.Fit(at, _matching), cancellationToken).ConfigureAwait(false);
        }

        return memory.Rows;
    }
}
