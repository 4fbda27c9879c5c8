using System.Runtime.Intrinsics;
using LLoCO.Core.Families;

namespace LLoCO.Core.Kernels;

/// <summary>The rows' adapters in one phase: <c>A x</c> as a separate job, <c>B (A x)</c> together with the product that it is
/// added to.</summary>
internal sealed unsafe class AdapterPhase : IKernelJob, IDisposable
{
    private const int Targets = 3;
    private const int Chunk = 4;

    private readonly KernelSet _kernels;
    private readonly KernelPool _pool;
    private readonly int _rows;
    private readonly LoraTarget[] _which = new LoraTarget[Targets];
    private DecodeSequence[] _answers = [];
    private Activations _inputs = null!;
    private NativeBlock _low;
    private int _room = 64;
    private int _used;
    private int _columns;
    private int _layer;
    private int _count;
    private int _chunks;

    /// <summary>Creates the phase.</summary>
    /// <param name="kernels">The kernels.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="rows">Most input rows.</param>
    internal AdapterPhase(KernelSet kernels, KernelPool pool, int rows)
    {
        _kernels = kernels;
        _pool = pool;
        _rows = rows;
        _low = Room();
    }

    /// <summary>Starts the list of matrices of the next phase.</summary>
    internal void Begin() => _used = 0;

    /// <summary>Adds a matrix; the first one has index 0.</summary>
    internal void Add(LoraTarget which) => _which[_used++] = which;

    /// <summary>Computes <c>A x</c> for all rows whose adapter has pairs for the matrices that were added.</summary>
    internal void Run(DecodeSequence[] answers, int layer, Activations inputs, int count, int columns)
    {
        (_answers, _layer, _inputs, _count, _columns) = (answers, layer, inputs, count, columns);
        int largest = 0;
        for (int input = 0; input < count; input++)
        {
            for (int index = 0; answers[input].Adapter is { } adapter && index < _used; index++)
            {
                largest = Math.Max(largest, adapter[layer, _which[index]].Rank);
            }
        }

        _chunks = (largest + Chunk - 1) / Chunk;
        if (largest > _room)
        {
            // Happens only with an adapter of a larger rank than any before.
            _room = largest;
            _low.Dispose();
            _low = Room();
        }

        _pool.Run(this, count * _used * _chunks);
    }

    /// <inheritdoc/>
    public void Run(int task, int thread)
    {
        int place = task / _chunks;
        (int input, int index) = (place / _used, place % _used);
        if (_answers[input].Adapter is not { } adapter)
        {
            return;
        }

        AdapterPair pair = adapter[_layer, _which[index]];
        int first = task % _chunks * Chunk;
        float* low = Low(input, index);
        for (int row = first; row < Math.Min(pair.Rank, first + Chunk); row++)
        {
            low[row] = _kernels.Dot((float*)pair.Down + ((long)row * _columns), _inputs.Row(input), _columns) * adapter.Factor;
        }
    }

    /// <summary>Adds the adapters' shares to some rows of a product.</summary>
    /// <param name="index">The matrix, in the order of <see cref="Add"/>.</param>
    /// <param name="first">The first row.</param>
    /// <param name="rows">How many.</param>
    /// <param name="output">The first row's product with the first input.</param>
    /// <param name="stride">Numbers from one input's products to the next one's.</param>
    internal void AddTo(int index, int first, int rows, float* output, int stride)
    {
        for (int input = 0; input < _count && _chunks > 0; input++)
        {
            if (_answers[input].Adapter is { } adapter && adapter[_layer, _which[index]] is { Rank: > 0 } pair)
            {
                float* up = (float*)pair.Up + ((long)first * pair.Rank);
                AddRows(up, pair.Rank, Low(input, index), output + ((long)input * stride), rows);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _low.Dispose();

    private static void AddRows(float* up, int rank, float* low, float* output, int rows)
    {
        int whole = rank / Vector256<float>.Count * Vector256<float>.Count;
        for (int row = 0; row < rows; row++, up += rank)
        {
            Vector256<float> sums = Vector256<float>.Zero;
            int column = 0;
            for (; column < whole; column += Vector256<float>.Count)
            {
                sums += Vector256.Load(up + column) * Vector256.Load(low + column);
            }

            float sum = Vector256.Sum(sums);
            for (; column < rank; column++)
            {
                sum += up[column] * low[column];
            }

            output[row] += sum;
        }
    }

    private float* Low(int input, int index) => _low.Floats + (((input * Targets) + index) * _room);

    private NativeBlock Room() => new(4L * _rows * Targets * _room);
}
