using System.Runtime.InteropServices;

namespace LLoCO.Core.Kernels;

/// <summary>Memory outside the collected heap, aligned to cache lines: weights and work space of the kernels.</summary>
internal sealed unsafe partial class NativeBlock : IDisposable
{
    private const int Line = 64;
    private const long HugePage = 2L << 20;
    private const int AdviseHugePages = 14;

    /// <summary>Allocates; the memory holds zeros.</summary>
    /// <param name="bytes">At least 1.</param>
    internal NativeBlock(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        Bytes = bytes;
        bool huge = bytes >= 4 * HugePage;
        Address = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, huge ? (nuint)HugePage : Line);
        if (huge && OperatingSystem.IsLinux())
        {
            // Weights are read from end to end for every token: with pages of 4 KiB a good part of that is spent on looking
            // up addresses. Only advice: where the system declines, nothing is lost.
            _ = Advise(Address, (nuint)(bytes / HugePage * HugePage), AdviseHugePages);
        }

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

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);

    private void Release()
    {
        NativeMemory.AlignedFree(Address);
        Address = null;
    }
}
