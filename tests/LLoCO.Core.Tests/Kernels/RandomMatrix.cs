using LLoCO.Core.Kernels;

namespace LLoCO.Core.Tests.Kernels;

/// <summary>A matrix of random weights that owns its memory.</summary>
internal sealed unsafe class RandomMatrix : IDisposable
{
    private readonly List<NativeBlock> _memory = [];

    public RandomMatrix(int rows, int columns, MatrixFormat format, int seed)
    {
        var random = new Random(seed);
        Matrix = Make(format, rows, columns, _ => (float)((random.NextDouble() - 0.5) * 0.2));
    }

    public WeightMatrix Matrix { get; }

    /// <summary>The same weights, rounded to another format. Quantized ones are the caller's to dispose.</summary>
    public WeightMatrix As(MatrixFormat format) => format >= MatrixFormat.Int8
        ? MatrixQuantizer.Quantize(Matrix, format)
        : Make(format, Matrix.Rows, Matrix.Columns, index => Numbers.Read(Matrix.Format, Matrix.Data, index));

    public void Dispose() => _memory.ForEach(block => block.Dispose());

    private WeightMatrix Make(MatrixFormat format, int rows, int columns, Func<int, float> number)
    {
        var block = new NativeBlock((long)rows * columns * Numbers.BytesOf(format));
        _memory.Add(block);
        for (int index = 0; index < rows * columns; index++)
        {
            Numbers.Write(format, block.Address, index, number(index));
        }

        return new WeightMatrix(format, rows, columns, block.Address);
    }
}
