using System.Runtime.InteropServices;

namespace LLoCO.Core.Kernels;

/// <summary>Unmanaged memory, aligned to cache lines, for weights and work space of the kernels.</summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    private const int Line = 64;

    /// <summary>Allocates; the memory holds zeros.</summary>
    /// <param name="bytes">At least 1.</param>
    internal NativeBlock(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        Bytes = bytes;
        Address = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Line);
        NativeMemory.Clear(Address, (nuint)bytes);
    }

    ~NativeBlock() => Release();

    /// <summary>Gets the first byte; not valid after <see cref="Dispose"/>.</summary>
    internal byte* Address { get; private set; }

    /// <summary>Gets the size.</summary>
    internal long Bytes { get; }

    /// <summary>Gets the memory as numbers.</summary>
    internal float* Floats => (float*)Address;

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        NativeMemory.AlignedFree(Address);
        Address = null;
    }
}
