using LLoCO.Core.Families;

namespace LLoCO.Core.Kernels;

/*
 *   per layer, a job of the pool each:           between the jobs, on the caller's thread:
 *     q, k, v        (one job)                   norm, inputs laid out for the weights' format
 *     attention      per row and kv head         (angles once per step)
 *     o, added to the residual stream
 *     gate, up, silu (one job)                   norm, inputs
 *     down, added to the residual stream         inputs
 *   at the end: head
 */

/// <summary>Feeds one token to each of several answers: a step of the LLaMA decoder over the weights in memory, all weights
/// read once. Allocates nothing and calls nothing outside .NET. Short prefills run the same way, one row per position.</summary>
/// <remarks>One call at a time. The rows of a step are independent of each other: each has its own cache, position and
/// adapter.</remarks>
internal sealed unsafe class DecodeEngine : IDisposable
{
    private readonly DecoderWeights _weights;
    private readonly KernelSet _kernels;
    private readonly MatrixPhase _matrices;
    private readonly AttentionPhase _attention;
    private readonly Activations _wide;
    private readonly Activations _inner;
    private readonly NativeBlock _hidden;
    private readonly NativeBlock _projected;
    private readonly NativeBlock _logits;
    private readonly DecodeSequence[] _rows;

    /// <summary>Allocates the work space.</summary>
    /// <param name="weights">The weights; not disposed here.</param>
    /// <param name="pool">The threads; not disposed here.</param>
    /// <param name="kernels">The kernels.</param>
    /// <param name="rows">Most rows of a call.</param>
    /// <param name="logits">Most rows whose logits are computed.</param>
    internal DecodeEngine(DecoderWeights weights, KernelPool pool, KernelSet kernels, int rows, int logits)
    {
        DecoderShape shape = weights.Shape;
        _weights = weights;
        _kernels = kernels;
        _rows = new DecodeSequence[rows];
        _matrices = new MatrixPhase(kernels, pool, rows, shape.Activation);
        _attention = new AttentionPhase(shape, kernels, pool, rows);
        _wide = new Activations(rows, Math.Max(shape.Hidden, shape.QueryWidth));
        _inner = new Activations(rows, shape.Inner);
        _hidden = new NativeBlock(4L * rows * shape.Hidden);
        int projected = Math.Max(shape.QueryWidth + (2 * shape.KeyValueWidth), Math.Max(shape.Hidden, shape.Inner));
        _projected = new NativeBlock(4L * rows * projected);
        _logits = new NativeBlock(4L * logits * shape.Vocabulary);
    }

    /// <summary>Gets the most rows of a call.</summary>
    internal int MaxSequences => _rows.Length;

    /// <summary>Feeds each row's token at its position. The caller advances the positions.</summary>
    /// <param name="rows">The answers; 1 to <see cref="MaxSequences"/>.</param>
    internal void Step(ReadOnlySpan<DecodeSequence> rows)
    {
        Begin(rows, isEmbedded: true);
        RunLayers(rows.Length, related: false);
        ComputeLogits(rows.Length);
    }

    /// <summary>Prefills positions of one or several answers.</summary>
    /// <param name="rows">One per position, those of an answer in ascending order; 1 to <see cref="MaxSequences"/>.</param>
    /// <param name="vectors">The input vectors row by row; <see langword="null"/> for the tokens of the rows.</param>
    /// <param name="wanted">The rows whose logits are wanted, in ascending order.</param>
    internal void Prefill(ReadOnlySpan<DecodeSequence> rows, float* vectors, ReadOnlySpan<int> wanted)
    {
        Begin(rows, isEmbedded: vectors is null);
        int hidden = _weights.Shape.Hidden;
        for (long index = 0; vectors is not null && index < (long)rows.Length * hidden; index++)
        {
            _hidden.Floats[index] = vectors[index] * _weights.Shape.VectorFactor;
        }

        RunLayers(rows.Length, related: true);
        for (int place = 0; place < wanted.Length; place++)
        {
            new ReadOnlySpan<float>(_hidden.Floats + ((long)wanted[place] * hidden), hidden)
                .CopyTo(new Span<float>(_hidden.Floats + ((long)place * hidden), hidden));
        }

        ComputeLogits(wanted.Length);
    }

    /// <summary>The logits of a row after a call, valid until the next one.</summary>
    /// <param name="row">Its place in the step, or among the wanted rows.</param>
    internal ReadOnlySpan<float> Logits(int row) =>
        new(_logits.Floats + ((long)row * _weights.Shape.Vocabulary), _weights.Shape.Vocabulary);

    /// <inheritdoc/>
    public void Dispose()
    {
        _matrices.Dispose();
        _attention.Dispose();
        _wide.Dispose();
        _inner.Dispose();
        _hidden.Dispose();
        _projected.Dispose();
        _logits.Dispose();
    }

    private void Begin(ReadOnlySpan<DecodeSequence> rows, bool isEmbedded)
    {
        rows.CopyTo(_rows);
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row].EnsureRoom();
            if (isEmbedded)
            {
                Embed(rows[row].Token, _hidden.Floats + ((long)row * _weights.Shape.Hidden));
            }
        }

        _attention.Turn(_rows, rows.Length);
    }

    private void RunLayers(int count, bool related)
    {
        for (int layer = 0; layer < _weights.Layers.Length; layer++)
        {
            Attend(layer, count, related);
            FeedForward(layer, count);
        }
    }

    private void ComputeLogits(int count)
    {
        if (count == 0)
        {
            return;
        }

        DecoderShape shape = _weights.Shape;
        Norm(_weights.FinalNorm, count);
        _matrices.Begin(-1, _wide, count).With(_weights.Head, _logits.Floats, shape.Vocabulary).Run(_rows);
        for (long index = 0; shape.LogitsFactor != 1 && index < (long)count * shape.Vocabulary; index++)
        {
            _logits.Floats[index] *= shape.LogitsFactor;
        }
    }

    private void Attend(int layer, int count, bool related)
    {
        DecoderShape shape = _weights.Shape;
        DecoderLayer weights = _weights.Layers[layer];
        float* query = _projected.Floats;
        float* key = query + ((long)MaxSequences * shape.QueryWidth);
        float* value = key + ((long)MaxSequences * shape.KeyValueWidth);
        Norm(weights.Find(LayerWeight.InputNorm), count);
        _matrices.Begin(layer, _wide, count)
            .With(weights, LoraTarget.Query, query, shape.QueryWidth)
            .With(weights, LoraTarget.Key, key, shape.KeyValueWidth)
            .With(weights, LoraTarget.Value, value, shape.KeyValueWidth)
            .Run(_rows);
        if (shape.NormsAllHeads)
        {
            NormHeads(query, weights[LayerWeight.QueryNorm], shape.QueryWidth, count);
            NormHeads(key, weights[LayerWeight.KeyNorm], shape.KeyValueWidth, count);
        }

        _attention.Run(_rows, count, layer, weights, query, key, value, _wide, related);
        _matrices.Begin(layer, _wide, count)
            .With(weights, LoraTarget.Output, _projected.Floats, shape.Hidden);
        AddToResidual(weights.Find(LayerWeight.AttentionOutputNorm), count);
    }

    private void FeedForward(int layer, int count)
    {
        DecoderShape shape = _weights.Shape;
        DecoderLayer weights = _weights.Layers[layer];
        Norm(weights.Find(LayerWeight.FeedForwardNorm), count);
        _matrices.Begin(layer, _wide, count)
            .With(weights, LoraTarget.Gate, _inner.Row(0), _inner.Stride)
            .With(weights, LoraTarget.Up, _projected.Floats, shape.Inner)
            .Run(_rows, AfterProduct.Gate);
        _matrices.Begin(layer, _inner, count)
            .With(weights, LoraTarget.Down, _projected.Floats, shape.Hidden);
        AddToResidual(weights.Find(LayerWeight.FeedForwardOutputNorm), count);
    }

    /// <summary>Runs the prepared phase and adds its products to the residual stream. If the layer has a norm after the block,
    /// the norm needs all products first.</summary>
    private void AddToResidual(NativeBlock? norm, int count)
    {
        DecoderShape shape = _weights.Shape;
        if (norm is null)
        {
            _matrices.Run(_rows, AfterProduct.Add, _hidden.Floats, shape.ResidualFactor);
            return;
        }

        _matrices.Run(_rows);
        for (int row = 0; row < count; row++)
        {
            float* output = _projected.Floats + ((long)row * shape.Hidden);
            _kernels.Norm(output, norm.Floats, output, shape.Hidden, shape.Epsilon);
            _kernels.AddScaled(_hidden.Floats + ((long)row * shape.Hidden), output, shape.ResidualFactor, shape.Hidden);
        }
    }

    /// <summary>Makes the next phase's inputs of the residual stream.</summary>
    private void Norm(NativeBlock? weight, int count)
    {
        int hidden = _weights.Shape.Hidden;
        for (int row = 0; row < count; row++)
        {
            float* from = _hidden.Floats + ((long)row * hidden);
            if (weight is null)
            {
                new ReadOnlySpan<float>(from, hidden).CopyTo(new Span<float>(_wide.Row(row), hidden));
            }
            else
            {
                _kernels.Norm(from, weight.Floats, _wide.Row(row), hidden, _weights.Shape.Epsilon);
            }
        }
    }

    /// <summary>Applies a norm of all heads together, in place.</summary>
    private void NormHeads(float* heads, NativeBlock weight, int width, int count)
    {
        for (int row = 0; row < count; row++)
        {
            float* all = heads + ((long)row * width);
            _kernels.Norm(all, weight.Floats, all, width, _weights.Shape.Epsilon);
        }
    }

    private void Embed(int token, float* to)
    {
        WeightMatrix embedding = _weights.Embedding;
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)embedding.Rows, nameof(token));
        byte* row = embedding.Data + (token * embedding.RowBytes);
        for (int column = 0; column < embedding.Columns; column++)
        {
            to[column] = Numbers.Read(embedding.Format, row, column) * _weights.Shape.InputFactor;
        }
    }
}
