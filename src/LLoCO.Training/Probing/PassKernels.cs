using LLoCO.Core.Decoding;

namespace LLoCO.Training.Probing;

/// <summary>What generates tokens of one model on a CPU: its weights in the kernels' layout, and their threads.</summary>
public sealed class PassKernels : IDisposable
{
    internal PassKernels(KernelDecoder decoder) => Decoder = decoder;

    /// <summary>Gets the bytes of weights that one token reads.</summary>
    public long BytesPerToken => Decoder.BytesPerToken;

    internal KernelDecoder Decoder { get; }

    /// <inheritdoc/>
    public void Dispose() => Decoder.Dispose();
}
