using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Measures how fast memory can be read, which limits every pass over the weights.</summary>
internal static unsafe class ReadBandwidth
{
    /// <summary>Far more than any cache holds, of each thread.</summary>
    private const long BytesPerThread = 1L << 29;

    private const int Passes = 6;
    private const int Ahead = 8192;

    /// <summary>Measures how fast memory is read, in bytes per second.</summary>
    /// <param name="threads">Threads that read, each its own part.</param>
    /// <returns>GB/s (10^9 bytes), the best of six passes, with and without prefetch, because disturbances only make it
    /// slower.</returns>
    public static double Measure(int threads)
    {
        long bytes = BytesPerThread * threads;
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        try
        {
            // Each thread touches its part first, so that the memory is mapped and local.
            InParallel(threads, part => new Span<byte>(memory + (part * BytesPerThread), (int)BytesPerThread).Fill(1));
            double best = double.PositiveInfinity;
            for (int pass = 0; pass < Passes; pass++)
            {
                long started = Stopwatch.GetTimestamp();
                int ahead = pass % 2 == 0 ? 0 : Ahead;
                InParallel(threads, part => Read(memory + (part * BytesPerThread), ahead));
                best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds);
            }

            return bytes / best / 1e9;
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    private static void InParallel(int threads, Action<int> work)
    {
        Thread[] others = [.. Enumerable.Range(1, threads - 1).Select(part => new Thread(() => work(part)))];
        foreach (Thread other in others)
        {
            other.Start();
        }

        work(0);
        foreach (Thread other in others)
        {
            other.Join();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read(byte* start, int ahead)
    {
        Vector512<long> first = Vector512<long>.Zero;
        Vector512<long> second = first;
        Vector512<long> third = first;
        Vector512<long> fourth = first;
        for (byte* at = start; at < start + BytesPerThread; at += 256)
        {
            if (ahead > 0 && Sse.IsSupported)
            {
                Sse.Prefetch0(at + ahead);
                Sse.Prefetch0(at + ahead + 64);
                Sse.Prefetch0(at + ahead + 128);
                Sse.Prefetch0(at + ahead + 192);
            }

            first += Vector512.Load((long*)at);
            second += Vector512.Load((long*)(at + 64));
            third += Vector512.Load((long*)(at + 128));
            fourth += Vector512.Load((long*)(at + 192));
        }

        // The result must be used, or the compiler may remove the computation.
        if (Vector512.Sum(first + second + third + fourth) == 0)
        {
            throw new InvalidOperationException("The memory that was filled reads as zeros.");
        }
    }
}
