namespace LLoCO.Core.Kernels;

/// <summary>Input rows of a matrix product, in the layouts that the formats' kernels read.</summary>
internal sealed unsafe class Activations : IDisposable
{
    private readonly NativeBlock _plain;
    private readonly NativeBlock _laid;
    private readonly NativeBlock _quantized;
    private readonly NativeBlock _scales;
    private readonly NativeBlock _sums;
    private readonly int _groups;

    /// <summary>Allocates a matrix of activations, zeroed.</summary>
    /// <param name="rows">Most input rows.</param>
    /// <param name="columns">Most columns.</param>
    internal Activations(int rows, int columns)
    {
        _groups = WeightMatrix.GroupsOf(columns);
        Stride = _groups * WeightMatrix.GroupColumns;
        _plain = new NativeBlock(4L * rows * Stride);
        _laid = new NativeBlock(4L * rows * Stride);
        _quantized = new NativeBlock((long)rows * Stride);
        _scales = new NativeBlock(4L * rows * _groups);
        _sums = new NativeBlock(4L * rows * _groups);
    }

    /// <summary>Gets the numbers from one row to the next, in each layout.</summary>
    internal int Stride { get; }

    /// <summary>One row, to be written before <see cref="Prepare"/>.</summary>
    internal float* Row(int row) => _plain.Floats + ((long)row * Stride);

    /// <summary>One row with the numbers at even places of each step before those at odd places.</summary>
    internal float* Laid(int row) => _laid.Floats + ((long)row * Stride);

    /// <summary>One row in whole numbers, -127 to 127.</summary>
    internal sbyte* Quantized(int row) => (sbyte*)_quantized.Address + ((long)row * Stride);

    /// <summary>The scales of a quantized row's groups.</summary>
    internal float* Scales(int row) => _scales.Floats + ((long)row * _groups);

    /// <summary>The sums of a quantized row's groups.</summary>
    internal int* Sums(int row) => (int*)_sums.Address + ((long)row * _groups);

    /// <summary>Converts rows to the layout that a format's kernel reads.</summary>
    /// <param name="kernels">Whose kernels.</param>
    /// <param name="format">The matrix's format.</param>
    /// <param name="count">Rows.</param>
    /// <param name="columns">Columns in use.</param>
    internal void Prepare(KernelSet kernels, MatrixFormat format, int count, int columns)
    {
        for (int row = 0; row < count && format != MatrixFormat.Float32; row++)
        {
            if (format >= MatrixFormat.Int8)
            {
                kernels.Quantize(Row(row), columns, Quantized(row), Scales(row), Sums(row));
            }
            else
            {
                kernels.Lay(Row(row), columns, Laid(row));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plain.Dispose();
        _laid.Dispose();
        _quantized.Dispose();
        _scales.Dispose();
        _sums.Dispose();
    }
}
