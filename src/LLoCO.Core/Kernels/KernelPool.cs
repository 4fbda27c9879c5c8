using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace LLoCO.Core.Kernels;

/*
 *   tasks    0 … 7 | 8 … 15 | 16 … 23        each thread begins with its own range, then takes from the others'
 *   thread   0       1        2
 *
 * A job is done when all tasks are, not when all threads have come: a thread that the system keeps from running holds up
 * nobody unless it has a task in hand. That, and tasks much smaller than a job, is what keeps the pool usable beside other
 * busy processes, where threads that wait for each other at every operator run ten times slower.
 */

/// <summary>A fixed number of threads for jobs of some microseconds. They spin briefly for the next job, then sleep.</summary>
/// <remarks>One caller at a time; the caller's thread works too. Running a job allocates nothing.</remarks>
internal sealed class KernelPool : IDisposable
{
    // Each counter has its own cache lines: 128 bytes, because processors fetch lines in pairs.
    private const int Stride = 16;
    private const int SpinsBeforeYield = 2_000;
    private static readonly long SpinTicks = Stopwatch.Frequency / 2_000;

    private readonly long[] _left;
    private readonly Thread[] _others;
    private readonly object _gate = new();
    private IKernelJob _job = null!;
    private Exception? _error;
    private int _tasks;
    private int _pending;
    private int _generation;
    private int _parked;
    private bool _stopping;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Threads that compute, the caller's included; at least 1.</param>
    internal KernelPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _left = new long[(threads + 1) * Stride];
        _others = new Thread[threads - 1];
        for (int index = 0; index < _others.Length; index++)
        {
            int thread = index + 1;
            _others[index] = new Thread(() => Serve(thread)) { IsBackground = true, Name = $"LLoCO kernel {thread}" };
            _others[index].Start();
        }
    }

    /// <summary>Gets the threads that compute, the caller's included.</summary>
    internal int Threads { get; }

    /// <summary>Gets the number of jobs run. At each job, threads wait for each other.</summary>
    internal long Jobs { get; private set; }

    /// <summary>Runs all tasks of a job and returns when the last one has ended.</summary>
    /// <param name="job">The job.</param>
    /// <param name="tasks">Its tasks; 0 does nothing.</param>
    internal void Run(IKernelJob job, int tasks)
    {
        Jobs += tasks > 0 ? 1 : 0;
        if (Threads == 1 || tasks <= 1)
        {
            for (int task = 0; task < tasks; task++)
            {
                job.Run(task, 0);
            }

            return;
        }

        _job = job;
        _tasks = tasks;
        _pending = tasks;
        for (int thread = 0; thread < Threads; thread++)
        {
            Volatile.Write(ref _left[(thread + 1) * Stride], End(thread) - Begin(thread));
        }

        Interlocked.Increment(ref _generation);
        if (Volatile.Read(ref _parked) > 0)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }

        Work(0);
        for (int spins = 0; Volatile.Read(ref _pending) > 0; spins++)
        {
            Pause(spins);
        }

        if (_error is { } error)
        {
            _error = null;
            ExceptionDispatchInfo.Throw(error);
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _stopping, true);
        Interlocked.Increment(ref _generation);
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }

        foreach (Thread other in _others)
        {
            other.Join();
        }
    }

    private static void Pause(int spins)
    {
        if (spins < SpinsBeforeYield)
        {
            Thread.SpinWait(4);
        }
        else
        {
            Thread.Yield();
        }
    }

    private int Begin(int thread) => (int)((long)_tasks * thread / Threads);

    private int End(int thread) => Begin(thread + 1);

    private void Serve(int thread)
    {
        int seen = 0;
        while (true)
        {
            WaitForNext(seen);
            if (Volatile.Read(ref _stopping))
            {
                return;
            }

            seen = Volatile.Read(ref _generation);
            Work(thread);
        }
    }

    private void WaitForNext(int seen)
    {
        long started = Stopwatch.GetTimestamp();
        for (int spins = 0; Volatile.Read(ref _generation) == seen; spins++)
        {
            Pause(spins);
            if ((spins & 63) != 63 || Stopwatch.GetTimestamp() - started < SpinTicks)
            {
                continue;
            }

            lock (_gate)
            {
                // Counted before the last check, and Run reads the count after it has published, so one of the two sees the
                // other.
                Interlocked.Increment(ref _parked);
                while (Volatile.Read(ref _generation) == seen)
                {
                    Monitor.Wait(_gate);
                }

                Interlocked.Decrement(ref _parked);
            }
        }
    }

    private void Work(int thread)
    {
        for (int victim = 0; victim < Threads; victim++)
        {
            int range = (thread + victim) % Threads;
            ref long left = ref _left[(range + 1) * Stride];
            while (Volatile.Read(ref left) > 0)
            {
                // Below zero: another thread was faster. A task taken here belongs to the currently published job, even if this
                // thread looked long ago, because the next job is not published before this task has ended.
                long rest = Interlocked.Decrement(ref left);
                if (rest < 0)
                {
                    break;
                }

                try
                {
                    _job.Run(End(range) - 1 - (int)rest, thread);
                }
                catch (Exception error)
                {
                    _error = error;
                }

                Interlocked.Decrement(ref _pending);
            }
        }
    }
}
