using LLoCO.Core.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Compression;

/*
 * Segment i sees [summaries of 0 … i-1 | tokens | summary places] from position 0. Attention is causal, so the states of the
 * earlier summaries are the same in every later pass: their keys and values are kept, and a pass holds only
 *
 *   [ summary of segment i-1 | tokens of segment i | summary places ]   behind the keys and values of summaries 0 … i-2
 *     └─ kept afterwards        └─ forgotten afterwards
 *
 * Same numbers as the plain way, without computing all earlier summaries again for each segment.
 */

/// <summary>One document under compression: the summaries so far. Used on the model's thread only.</summary>
internal sealed class CompressionRun : IDisposable
{
    private readonly LlamaModel _model;
    private readonly KeyValueCache? _cache;
    private Tensor? _last;

    /// <summary>Begins, or goes on behind earlier summaries.</summary>
    /// <param name="model">The model.</param>
    /// <param name="earlier">Earlier summary vectors, row by row; may be empty.</param>
    /// <param name="segments">How many segments follow.</param>
    /// <param name="longest">Tokens of the longest.</param>
    internal CompressionRun(LlamaModel model, ReadOnlySpan<float> earlier, int segments, int longest)
    {
        _model = model;
        LlamaConfig config = model.Config;
        int width = config.HiddenSize;
        long rows = earlier.Length / width;
        if (!config.AccumulateSummary && rows > config.SummaryLength)
        {
            // Without accumulation a segment sees the summary of the one before it only.
            earlier = earlier[^(config.SummaryLength * width)..];
            rows = config.SummaryLength;
        }

        if (rows > 0)
        {
            Tensor given = tensor(earlier.ToArray(), [1, rows, width], dtype: ScalarType.Float32);
            _last = given.to(model.Weights.Type).to(model.Weights.Device).DetachFromDisposeScope();
        }

        if (config.AccumulateSummary)
        {
            long capacity = rows + ((long)segments * config.SummaryLength) + longest;
            _cache = new KeyValueCache(config, 1, capacity, model.Weights.Type, model.Weights.Device);
        }
    }

    /// <summary>Encodes the next segment.</summary>
    /// <param name="ids">Its token ids; at least one.</param>
    /// <returns>Its summary, row by row.</returns>
    internal float[] Next(ReadOnlySpan<int> ids)
    {
        LlamaModel model = _model;
        Device device = model.Weights.Device;
        Tensor tokens = model.Embed(Ids(ids, device));
        Tensor inputs = SegmentEncoder.Join(model, _last, tokens, summarise: true);
        long stored = _cache?.Length ?? 0;
        Tensor hidden = model.Forward(inputs, ForwardPass.Consecutive(stored, inputs.size(1), device, _cache));
        _cache?.Commit(_last?.size(1) ?? 0);

        int length = model.Config.SummaryLength;
        Tensor summary = hidden.narrow(1, hidden.size(1) - length, length).clone().DetachFromDisposeScope();
        _last?.Dispose();
        _last = summary;
        return summary.to(ScalarType.Float32).cpu().data<float>().ToArray();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache?.Dispose();
        _last?.Dispose();
    }

    /// <summary>Token ids as a batch of one, <c>[1, seq]</c>.</summary>
    internal static Tensor Ids(ReadOnlySpan<int> ids, Device device)
    {
        var wide = new long[ids.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = ids[i];
        }

        return tensor(wide, [1, wide.Length], dtype: ScalarType.Int64, device: device);
    }
}
