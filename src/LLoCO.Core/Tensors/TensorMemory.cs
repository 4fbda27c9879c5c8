using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace LLoCO.Core.Tensors;

/// <summary>Where libtorch keeps a tensor's numbers.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>Copies float32 numbers. TorchSharp's own accessor copies them one by one, which takes longer than a pass where many logits
    /// are wanted.</summary>
    /// <param name="numbers">On the CPU, not empty.</param>
    internal static float[] Copy(Tensor numbers)
    {
        using Tensor whole = numbers.contiguous();
        return new ReadOnlySpan<float>((float*)AddressOf(whole), checked((int)whole.numel())).ToArray();
    }

    /// <summary>The address of a tensor's first number. libtorch's memory does not move: it is valid as long as the tensor
    /// is.</summary>
    /// <param name="tensor">On the CPU, contiguous, not empty.</param>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    internal static nint AddressOf(Tensor tensor)
    {
        if (!tensor.is_contiguous() || tensor.device_type != TorchSharp.DeviceType.CPU || tensor.numel() == 0)
        {
            throw new InvalidOperationException("Only contiguous tensors in main memory have an address to read from.");
        }

        // Tensor.bytes is a Span and ends at 2 GiB; a large tensor does not. The address of the first number serves for all.
        using Tensor flat = tensor.view(-1);
        using Tensor first = flat.narrow(0, 0, 1);
        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }
}
