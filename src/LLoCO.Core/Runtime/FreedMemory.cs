using System.Runtime.InteropServices;

namespace LLoCO.Core.Runtime;

/// <summary>
/// Returns freed memory to the system. Passes of different lengths leave holes in glibc's heap, which it keeps: after some
/// dozens, the process has half as much memory again as any single pass needs. One object for one run of passes; one thread at a
/// time.
/// </summary>
internal sealed unsafe class FreedMemory
{
    /// <summary>Accepted growth beyond the measured need of one pass, because returned memory costs a page fault for each page
    /// that is used again.</summary>
    private const double Tolerated = 1.02;

    private static readonly delegate* unmanaged<nuint, int> Trim = Find();

    private long _needed;
    private bool _isNew = true;

    /// <summary>Called after each pass, its tensors disposed. Gives back what is free when the process has grown beyond what the
    /// first pass needed, or a later one from a trimmed heap.</summary>
    /// <returns>Whether memory was given back; never where the C library is not glibc.</returns>
    internal bool AfterPass()
    {
        if (Trim is null)
        {
            return false;
        }

        long resident = Environment.WorkingSet;
        if (_isNew)
        {
            _needed = Math.Max(_needed, resident);
            _isNew = false;
        }

        if (resident <= _needed * Tolerated)
        {
            return false;
        }

        _isNew = true;
        return Trim(0) == 1;
    }

    private static delegate* unmanaged<nuint, int> Find() =>
        OperatingSystem.IsLinux()
            && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "malloc_trim", out nint entry)
            ? (delegate* unmanaged<nuint, int>)entry
            : null;
}
