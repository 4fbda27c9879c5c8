using LLoCO.Core.Checkpoints;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>What refusing a hostile file must look like, whatever the fault.</summary>
internal static class Refusal
{
    /// <summary>Files of these tests have some kilobytes, whatever sizes they claim.</summary>
    private const long MaxAllocatedBytes = 8 << 20;

    /// <summary>Expects one exception that names file, key and fault, and no large allocation on the way to it.</summary>
    public static void Expect(Func<object?> open, string file, string? key, string fault) =>
        Expect(() => { (open() as IDisposable)?.Dispose(); }, file, key, fault);

    /// <inheritdoc cref="Expect(Func{object?}, string, string?, string)"/>
    public static void Expect(Action act, string file, string? key, string fault)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<CheckpointFormatException>(act);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(file, error.File);
        Assert.Equal(key, error.Key);
        Assert.Contains(fault, error.Fault, StringComparison.Ordinal);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(error.Fault, error.Message, StringComparison.Ordinal);
        Assert.InRange(allocated, 0, MaxAllocatedBytes);
    }
}
