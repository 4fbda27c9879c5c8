using LLoCO.Core.Families;

namespace LLoCO.Core.Kernels;

/// <summary>The operation after a matrix product, applied while its outputs are still in the cache.</summary>
internal enum AfterProduct
{
    /// <summary>The product is stored as it is.</summary>
    None = 0,

    /// <summary>The product is added to the residual stream.</summary>
    Add = 1,

    /// <summary>With two matrices: the first product becomes <c>activation(first) * second</c>.</summary>
    Gate = 2,
}

/// <summary>Up to three matrices times the same input rows, with each row's adapter, as one job of the pool.</summary>
internal sealed unsafe class MatrixPhase : IKernelJob, IDisposable
{
    private const int TasksPerThread = 16;
    private const long LeastTaskBytes = 16 << 10;

    private readonly KernelSet _kernels;
    private readonly KernelPool _pool;
    private readonly Activation _activation;
    private readonly AdapterPhase _adapters;
    private readonly Part[] _parts = new Part[3];
    private Activations _inputs = null!;
    private AfterProduct _after;
    private float* _residual;
    private float _factor;
    private int _used;
    private int _count;
    private int _layer;

    /// <summary>Creates the phase.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="rows">Most input rows.</param>
    /// <param name="activation">The activation of a gate's outputs.</param>
    internal MatrixPhase(KernelSet kernels, KernelPool pool, int rows, Activation activation)
    {
        _activation = activation;
        _kernels = kernels;
        _pool = pool;
        _adapters = new AdapterPhase(kernels, pool, rows);
    }

    /// <summary>Starts a phase.</summary>
    /// <param name="layer">The decoder layer, or -1 for none: no adapter.</param>
    /// <param name="inputs">The inputs, written and not prepared.</param>
    /// <param name="count">Input rows.</param>
    /// <returns>This object, for the linear layers.</returns>
    internal MatrixPhase Begin(int layer, Activations inputs, int count)
    {
        (_layer, _inputs, _count, _used) = (layer, inputs, count, 0);
        return this;
    }

    /// <summary>Adds a linear layer, with its bias if it has one.</summary>
    /// <param name="layer">The decoder layer's weights.</param>
    /// <param name="which">Which of them it is.</param>
    /// <param name="output">Where its products go.</param>
    /// <param name="stride">Numbers from one input's products to the next one's.</param>
    internal MatrixPhase With(DecoderLayer layer, LoraTarget which, float* output, int stride)
    {
        NativeBlock? bias = layer.Find(LayerTable.BiasOf(which));
        With(layer[which], output, stride);
        _parts[_used - 1].Which = which;
        _parts[_used - 1].Bias = bias is null ? null : bias.Floats;
        return this;
    }

    /// <summary>Adds a matrix that is no part of a layer.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="output">Where its products go.</param>
    /// <param name="stride">Numbers from one input's products to the next one's.</param>
    internal MatrixPhase With(WeightMatrix matrix, float* output, int stride)
    {
        _parts[_used++] = new Part { Matrix = matrix, Output = output, Stride = stride };
        return this;
    }

    /// <summary>Multiplies the matrix with the activations of each sequence, on all threads of the pool.</summary>
    /// <param name="rows">The sequences, with their adapters.</param>
    /// <param name="after">The operation after the product.</param>
    /// <param name="residual">The residual stream, with the stride of the matrix, for <see cref="AfterProduct.Add"/>.</param>
    /// <param name="factor">The factor of a product when it is added.</param>
    internal void Run(DecodeSequence[] rows, AfterProduct after = AfterProduct.None, float* residual = null, float factor = 1)
    {
        _after = after;
        _factor = factor;
        _residual = residual;
        _inputs.Prepare(_kernels, _parts[0].Matrix.Format, _count, _parts[0].Matrix.Columns);
        if (_layer >= 0)
        {
            _adapters.Begin();
            for (int part = 0; part < _used; part++)
            {
                _adapters.Add(_parts[part].Which);
            }

            _adapters.Run(rows, _layer, _inputs, _count, _parts[0].Matrix.Columns);
        }

        int tasks = 0;
        for (int part = 0; part < (after == AfterProduct.Gate ? 1 : _used); part++)
        {
            WeightMatrix matrix = _parts[part].Matrix;
            long least = Math.Max(LeastTaskBytes / Math.Max(1, matrix.RowBytes), matrix.Rows / (_pool.Threads * TasksPerThread));
            long blocks = (Math.Max(1, least) + WeightMatrix.BlockRows - 1) / WeightMatrix.BlockRows;
            int chunk = (int)blocks * WeightMatrix.BlockRows;
            _parts[part].Chunk = chunk;
            _parts[part].FirstTask = tasks;
            tasks += (matrix.Rows + chunk - 1) / chunk;
        }

        _pool.Run(this, tasks);
    }

    /// <inheritdoc/>
    public void Run(int task, int thread)
    {
        int index = 0;
        while (_after != AfterProduct.Gate && index + 1 < _used && task >= _parts[index + 1].FirstTask)
        {
            index++;
        }

        ref Part part = ref _parts[index];
        int first = (task - part.FirstTask) * part.Chunk;
        int rows = Math.Min(part.Chunk, part.Matrix.Rows - first);
        Multiply(ref part, index, first, rows);
        if (_after == AfterProduct.Gate)
        {
            Multiply(ref _parts[1], 1, first, rows);
        }

        for (int input = 0; input < _count && _after != AfterProduct.None; input++)
        {
            float* output = part.Output + ((long)input * part.Stride) + first;
            if (_after == AfterProduct.Gate)
            {
                _kernels.Gate(output, _parts[1].Output + ((long)input * _parts[1].Stride) + first, rows, _activation);
            }
            else
            {
                _kernels.AddScaled(_residual + ((long)input * part.Stride) + first, output, _factor, rows);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _adapters.Dispose();

    private void Multiply(ref Part part, int index, int first, int rows)
    {
        float* output = part.Output + first;
        _kernels.Multiply(part.Matrix, first, rows, _inputs, _count, output, part.Stride);
        for (int input = 0; part.Bias is not null && input < _count; input++)
        {
            _kernels.AddScaled(output + ((long)input * part.Stride), part.Bias + first, 1, rows);
        }

        if (_layer >= 0)
        {
            _adapters.AddTo(index, first, rows, output, part.Stride);
        }
    }

    private struct Part
    {
        public WeightMatrix Matrix;
        public LoraTarget Which;
        public float* Bias;
        public float* Output;
        public int Stride;
        public int Chunk;
        public int FirstTask;
    }
}
