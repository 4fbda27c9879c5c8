using LLoCO.Core.Kernels;
using Xunit;

namespace LLoCO.Core.Tests.Kernels;

/// <summary>Every task runs exactly once, whatever the threads do.</summary>
public sealed class KernelPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_ManyJobs_EachTaskRunsOnce(int threads)
    {
        using var pool = new KernelPool(threads);
        var job = new Counting(97);
        for (int round = 1; round <= 500; round++)
        {
            // Between some jobs the threads fall asleep, between others they are still looking for work.
            pool.Run(job, round % 98);
            Assert.Equal(job.Counts.Select((_, task) => task < round % 98 ? 1 : 0), job.TakeCounts());
        }
    }

    [Fact]
    public void Run_AfterThreadsFellAsleep_RunsAll()
    {
        using var pool = new KernelPool(3);
        var job = new Counting(20);
        for (int round = 0; round < 3; round++)
        {
            using var pause = new ManualResetEventSlim();
            pause.Wait(20, TestContext.Current.CancellationToken);
            pool.Run(job, 20);
            Assert.All(job.TakeCounts(), count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Run_ATaskThrows_TheCallerGetsTheErrorAndThePoolGoesOn()
    {
        using var pool = new KernelPool(2);
        Assert.Throws<InvalidOperationException>(() => pool.Run(new Throwing(), 8));
        var job = new Counting(8);

        pool.Run(job, 8);

        Assert.All(job.TakeCounts(), count => Assert.Equal(1, count));
    }

    private sealed class Counting(int tasks) : IKernelJob
    {
        public int[] Counts { get; } = new int[tasks];

        public void Run(int task, int thread) => Interlocked.Increment(ref Counts[task]);

        public int[] TakeCounts()
        {
            int[] counts = [.. Counts];
            Array.Clear(Counts);
            return counts;
        }
    }

    private sealed class Throwing : IKernelJob
    {
        public void Run(int task, int thread) => throw new InvalidOperationException("task");
    }
}
