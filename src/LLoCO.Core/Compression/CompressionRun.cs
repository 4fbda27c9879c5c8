using LLoCO.Core.Families;
using LLoCO.Core.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Compression;

/*
 * Segment i sees [summaries of 0 … i-1 | tokens | summary places] from position 0. Attention is causal, so the states of the
 * earlier summaries are the same in every later pass: their keys and values are kept, and a pass holds only
 *
 *   [ summary of segment i-1 | tokens of segment i | summary places ]   behind the keys and values of summaries 0 … i-2
 *     └─ kept afterwards        └─ never stored
 *
 * Same numbers as the plain way, without computing all earlier summaries again for each segment. Segments of several documents
 * go through one pass, one behind the other: each attends to its own summaries, whatever their number, so no row is padding.
 */

/// <summary>The state of one document during compression: its summaries so far. Used on the model's thread only.</summary>
internal sealed class CompressionRun : IDisposable
{
    private readonly LlamaModel _model;
    private readonly KeyValueCache? _cache;
    private readonly List<Tensor> _earlier = [];
    private Tensor? _last;

    /// <summary>Starts a document, or continues after earlier summaries.</summary>
    /// <param name="model">The model.</param>
    /// <param name="earlier">Earlier summary vectors, row by row; may be empty.</param>
    /// <param name="segments">How many segments follow.</param>
    internal CompressionRun(LlamaModel model, ReadOnlySpan<float> earlier, int segments)
    {
        _model = model;
        LlamaConfig config = model.Config;
        int width = config.HiddenSize;
        long rows = earlier.Length / width;
        if (!config.AccumulateSummary && rows > config.SummaryLength)
        {
            // Without accumulation, a segment sees only the summary of the segment before it.
            earlier = earlier[^(config.SummaryLength * width)..];
            rows = config.SummaryLength;
        }

        if (rows > 0)
        {
            Tensor given = tensor(earlier.ToArray(), [rows, width], dtype: ScalarType.Float32);
            _last = given.to(model.Weights.Type).to(model.Weights.Device).DetachFromDisposeScope();
        }

        if (config.AccumulateSummary)
        {
            long capacity = rows + ((long)segments * config.SummaryLength);
            _cache = new KeyValueCache(config, 1, capacity, model.Weights.Type, model.Weights.Device);
        }
    }

    /// <summary>Gets the rows that a pass over a segment needs.</summary>
    /// <param name="tokens">Tokens of the segment.</param>
    internal long RowsFor(int tokens) => (_last?.size(0) ?? 0) + tokens + _model.Config.SummaryLength;

    /// <summary>Encodes the next segment of each document in one pass.</summary>
    /// <param name="model">The model of all.</param>
    /// <param name="next">Documents, each once, and the token ids of their next segments; none is empty.</param>
    /// <returns>The summaries in the same order, row by row.</returns>
    internal static float[][] Next(LlamaModel model, IReadOnlyList<(CompressionRun Run, ReadOnlyMemory<int> Ids)> next)
    {
        Tensor queries = model.Weights.SummaryEmbedding
            ?? throw new LlocoException("The model has no summary embeddings (summary_length is 0); it cannot compress.");
        long length = queries.size(0);
        var inputs = new List<Tensor>(3 * next.Count);
        var sequences = new List<SequenceRows>(next.Count);
        foreach ((CompressionRun run, ReadOnlyMemory<int> ids) in next)
        {
            run.ChooseAngles(ids.Length);
            if (run._last is not null)
            {
                inputs.Add(run._last);
            }

            inputs.Add(model.Embed(Ids(ids.Span, model.Weights.Device))[0]);
            inputs.Add(queries);
            sequences.Add(new SequenceRows(run._cache, run.RowsFor(ids.Length), length)
            {
                Kept = run._last?.size(0) ?? 0,
                Piece = length,
            });
        }

        Tensor all = model.Infer(cat(inputs, 0), sequences);
        return [.. next.Select((one, place) => one.Run.Take(all.narrow(0, place * length, length)))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cache?.Dispose();
        _last?.Dispose();
        _earlier.ForEach(summary => summary.Dispose());
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

    /// <summary>Chooses the factors of longrope for the next pass. Where they are not those of the stored summaries, these are
    /// read again with the last one.</summary>
    private void ChooseAngles(int tokens)
    {
        if (_cache is null || _model.Config.RopeScaling.Long is null)
        {
            return;
        }

        bool isLong = _model.Config.RopeScaling.IsLong(_cache.Length + RowsFor(tokens));
        if (_cache.Length > 0 && _cache.IsLong != isLong)
        {
            _cache.Clear();
            using Tensor last = _last!;
            _last = cat([.. _earlier, last], 0).DetachFromDisposeScope();
            _earlier.ForEach(summary => summary.Dispose());
            _earlier.Clear();
        }

        _cache.IsLong = isLong;
    }

    private float[] Take(Tensor summary)
    {
        _cache?.Commit(_last?.size(0) ?? 0);
        if (_last is not null && _cache is not null && _model.Config.RopeScaling.Long is not null)
        {
            _earlier.Add(_last);
        }
        else
        {
            _last?.Dispose();
        }

        _last = summary.clone().DetachFromDisposeScope();
        return summary.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }
}
