namespace LLoCO.Core.Kernels;

/*
 * Int8 and Int4: rows in blocks of 8, columns in groups of 32, so that a vector holds four columns of eight rows and a dot
 * product of bytes leaves one sum per row: nothing is added across a vector.
 *
 *   block, group:   Int8   columns 0-3 of rows 0 … 7 | columns 4-7 of rows 0 … 7 | …             256 bytes, value + 128
 *                   Int4   columns 0-3 (low half of each byte) and 16-19 (high half) of rows 0 … 7 | …   128 bytes, value + 8
 *   scales          8 per block and group, bfloat16, in memory of their own
 *
 * Rows and columns that are missing in the last block or group are zeros.
 */

/// <summary>A weight matrix <c>[rows, columns]</c> in the form that the kernels read.</summary>
internal sealed unsafe class WeightMatrix : IDisposable
{
    /// <summary>Rows of a block of <see cref="MatrixFormat.Int8"/> and <see cref="MatrixFormat.Int4"/>.</summary>
    internal const int BlockRows = 8;

    /// <summary>Columns that share a scale.</summary>
    internal const int GroupColumns = 32;

    private readonly NativeBlock? _memory;

    /// <summary>Borrows memory of another object, which must outlive this one.</summary>
    /// <param name="format">A floating-point format; quantized formats cannot be borrowed.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="data">Row by row, without gaps.</param>
    internal WeightMatrix(MatrixFormat format, int rows, int columns, void* data)
        : this(format, rows, columns) => Data = (byte*)data;

    private WeightMatrix(MatrixFormat format, int rows, int columns)
    {
        Format = format;
        Rows = rows;
        Columns = columns;
    }

    private WeightMatrix(MatrixFormat format, int rows, int columns, NativeBlock memory, long dataBytes)
        : this(format, rows, columns)
    {
        _memory = memory;
        Data = memory.Address;
        Scales = (ushort*)(memory.Address + dataBytes);
    }

    /// <summary>Gets the format.</summary>
    internal MatrixFormat Format { get; }

    /// <summary>Gets the outputs.</summary>
    internal int Rows { get; }

    /// <summary>Gets the inputs.</summary>
    internal int Columns { get; }

    /// <summary>Gets the numbers.</summary>
    internal byte* Data { get; }

    /// <summary>Gets the scales of quantized formats, <c>[block, group, 8]</c>, bfloat16.</summary>
    internal ushort* Scales { get; }

    /// <summary>Gets the groups of a row.</summary>
    internal int Groups => GroupsOf(Columns);

    /// <summary>Gets whether the matrix has scales.</summary>
    internal bool IsQuantized => Format >= MatrixFormat.Int8;

    /// <summary>Gets the bytes of one row, scales included.</summary>
    internal long RowBytes => Format switch
    {
        MatrixFormat.Float32 => 4L * Columns,
        MatrixFormat.Int8 => 34L * Groups,
        MatrixFormat.Int4 => 18L * Groups,
        _ => 2L * Columns,
    };

    /// <summary>Gets the bytes that a pass over the matrix reads.</summary>
    internal long Bytes => Rows * RowBytes;

    /// <summary>Gets the bytes of one block's numbers in one group.</summary>
    internal int BlockBytes => Format == MatrixFormat.Int8 ? BlockRows * GroupColumns : BlockRows * GroupColumns / 2;

    /// <summary>Allocates a quantized matrix.</summary>
    /// <param name="format"><see cref="MatrixFormat.Int8"/> or <see cref="MatrixFormat.Int4"/>.</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    internal static WeightMatrix Allocate(MatrixFormat format, int rows, int columns)
    {
        long blocks = ((long)rows + BlockRows - 1) / BlockRows;
        long weights = blocks * BlockRows * GroupsOf(columns) * GroupColumns;
        long data = format switch
        {
            MatrixFormat.Int8 => weights,
            MatrixFormat.Int4 => weights / 2,
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Only quantized matrices are made here."),
        };
        return new WeightMatrix(format, rows, columns, new NativeBlock(data + (weights / GroupColumns * 2)), data);
    }

    /// <inheritdoc/>
    public void Dispose() => _memory?.Dispose();

    /// <summary>The groups of rows of so many columns.</summary>
    internal static int GroupsOf(int columns) => (columns + GroupColumns - 1) / GroupColumns;
}
