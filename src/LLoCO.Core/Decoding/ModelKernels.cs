using LLoCO.Core.Model;

namespace LLoCO.Core.Decoding;

/// <summary>The kernels of a base model and of those that adapters are merged into. Used on the model's thread only.</summary>
/// <param name="options">Checked options.</param>
/// <param name="rows">Most answers of a step.</param>
internal sealed class ModelKernels(DecodingOptions options, int rows) : IDisposable
{
    private readonly Dictionary<LlamaModel, KernelDecoder?> _kernels = [];

    /// <summary>Gets the most answers of a step.</summary>
    internal int Rows => rows;

    /// <summary>Gives these kernels to who would make the same.</summary>
    /// <param name="wanted">Options.</param>
    /// <param name="places">Most answers of a step.</param>
    /// <returns>These, or <see langword="null"/> where they differ.</returns>
    internal ModelKernels? FindLike(DecodingOptions wanted, int places) => options == wanted && rows == places ? this : null;

    /// <summary>Finds the kernels of a model. The first use creates them, because a pipeline that only compresses needs
    /// none.</summary>
    /// <param name="model">The model; must outlive this object.</param>
    /// <returns>The kernels, or <see langword="null"/> if libtorch decodes.</returns>
    internal KernelDecoder? Find(LlamaModel model)
    {
        if (!_kernels.TryGetValue(model, out KernelDecoder? kernels))
        {
            kernels = KernelDecoder.Create(model, options, rows);
            _kernels.Add(model, kernels);
        }

        return kernels;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (KernelDecoder? kernels in _kernels.Values)
        {
            kernels?.Dispose();
        }

        _kernels.Clear();
    }
}
