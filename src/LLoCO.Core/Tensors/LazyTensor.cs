using System.Runtime.InteropServices;
using LLoCO.Core.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tensors;

/*
 *   libtorch loaded        a tensor from the beginning
 *   not loaded, on a CPU   plain memory ──► kernels read and write it
 *                               │ first pass of libtorch
 *                               └──► a tensor with a copy; what is written from then on goes there
 */

/// <summary>Numbers that are a tensor only once libtorch needs them. Kernels read them by their address, so a process that answers with
/// kernels alone need not load libtorch, which takes longer than the answer.</summary>
internal sealed unsafe class LazyTensor : IDisposable
{
    /// <summary>The CPU; libtorch's own constant would load libtorch.</summary>
    internal static readonly Device Cpu = new(DeviceType.CPU);

    private const int Line = 64;

    private readonly Lock _gate = new();
    private readonly LazyTensor? _whole;
    private readonly long _start;
    private Tensor? _tensor;
    private byte* _memory;

    /// <summary>Wraps a tensor.</summary>
    /// <param name="tensor">In no dispose scope; disposed with this object.</param>
    internal LazyTensor(Tensor tensor)
    {
        _tensor = tensor;
        (Shape, Type) = (tensor.shape, tensor.dtype);
    }

    private LazyTensor(long[] shape, ScalarType type)
    {
        (Shape, Type) = (shape, type);
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(Bytes, 1), Line);
    }

    private LazyTensor(LazyTensor whole, long start, long count)
    {
        (_whole, _start) = (whole, start);
        (Shape, Type) = ([count, .. whole.Shape.AsSpan(1)], whole.Type);
    }

    ~LazyTensor() => Free();

    /// <summary>Gets the shape.</summary>
    internal long[] Shape { get; }

    /// <summary>Gets the number format.</summary>
    internal ScalarType Type { get; }

    /// <summary>Gets where the numbers are.</summary>
    internal Device Device => _whole?.Device ?? _tensor?.device ?? Cpu;

    /// <summary>Gets the size of the numbers.</summary>
    internal long Bytes => Shape.Aggregate(1L, (product, size) => product * size) * TensorLoader.ToElementType(Type).Size();

    /// <summary>Gets the address of the first number. It stays valid until this object is disposed; after <see cref="Tensor"/> was asked
    /// for, what libtorch writes is at another.</summary>
    internal nint Address => _whole is not null ? _whole.Address + (nint)(_start * (Bytes / Shape[0]))
        : _tensor is not null ? TensorMemory.AddressOf(_tensor)
        : (nint)_memory;

    /// <summary>Gets the numbers as a tensor, in no dispose scope. The first call may load libtorch and copies them.</summary>
    /// <exception cref="LlocoRuntimeException">libtorch cannot be used here.</exception>
    internal Tensor Tensor
    {
        get
        {
            if (_tensor is { } made)
            {
                return made;
            }

            TorchMode.Use();
            lock (_gate)
            {
                return _tensor ??= Make();
            }
        }
    }

    /// <summary>Wraps a tensor.</summary>
    /// <param name="tensor">In no dispose scope; disposed with the result.</param>
    public static implicit operator LazyTensor(Tensor tensor) => new(tensor);

    /// <summary>Whether new numbers are plain memory: libtorch is not loaded, and a CPU is to read them.</summary>
    /// <param name="device">Where they are to be.</param>
    internal static bool IsPlain(Device device) => device.type == DeviceType.CPU && !LlocoRuntime.IsLoaded;

    /// <summary>Makes room for numbers, which are not set: plain memory if <see cref="IsPlain"/>, otherwise a tensor.</summary>
    /// <param name="shape">The shape.</param>
    /// <param name="type">The number format.</param>
    /// <param name="device">Where they are to be.</param>
    internal static LazyTensor Allocate(long[] shape, ScalarType type, Device device) => IsPlain(device)
        ? new LazyTensor(shape, type)
        : new LazyTensor(empty(shape, dtype: type, device: device).DetachFromDisposeScope());

    /// <summary>Some of the rows: the same numbers, as long as this object is not disposed.</summary>
    /// <param name="start">The first row.</param>
    /// <param name="count">Their number.</param>
    internal LazyTensor Rows(long start, long count) => new(this, start, count);

    /// <summary>The numbers on a device; this object is not to be used afterwards.</summary>
    /// <param name="device">The device.</param>
    internal LazyTensor On(Device device)
    {
        if (device.type == DeviceType.CPU)
        {
            return this;
        }

        using (this)
        {
            return new LazyTensor(Tensor.to(device).DetachFromDisposeScope());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tensor?.Dispose();
        Free();
        GC.SuppressFinalize(this);
    }

    // Weights and adapters may be read by a job of no gradients first, and trained later: autograd refuses tensors of inference mode.
    private Tensor Make()
    {
        using IDisposable mode = inference_mode(false);
        if (_whole is not null)
        {
            // Detached: autograd refuses to read a view that it knows after an optimizer has changed the whole.
            using Tensor numbers = _whole.Tensor.detach();
            return numbers.narrow(0, _start, Shape[0]).DetachFromDisposeScope();
        }

        Tensor made = empty(Shape, dtype: Type).DetachFromDisposeScope();
        if (Bytes > 0)
        {
            Buffer.MemoryCopy(_memory, (void*)TensorMemory.AddressOf(made), Bytes, Bytes);
        }

        return made;
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
