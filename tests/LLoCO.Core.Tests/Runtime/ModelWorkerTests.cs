using LLoCO.Core.Runtime;
using TorchSharp;
using Xunit;

namespace LLoCO.Core.Tests.Runtime;

public sealed class ModelWorkerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_ManyCallers_RunOneAtATimeOnOneThread()
    {
        await using var worker = new ModelWorker("test");
        int running = 0;
        int Job()
        {
            Assert.Equal(1, Interlocked.Increment(ref running));
            Interlocked.Decrement(ref running);
            return Environment.CurrentManagedThreadId;
        }

        int[] threads = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => worker.RunAsync(Job, Token)));

        Assert.Single(threads.Distinct());
        Assert.NotEqual(Environment.CurrentManagedThreadId, threads[0]);
    }

    [Fact]
    public async Task RunAsync_Exception_GoesToTheCallerAndTheWorkerGoesOn()
    {
        await using var worker = new ModelWorker("test");

        await Assert.ThrowsAsync<InvalidDataException>(
            () => worker.RunAsync(() => throw new InvalidDataException("bad"), Token));
        Assert.Equal(7, await worker.RunAsync(() => 7, Token));
    }

    [Fact]
    public async Task RunAsync_CancelledWhileWaiting_NeverRuns()
    {
        await using var worker = new ModelWorker("test");
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        bool ran = false;
        Task first = worker.RunAsync(() => gate.Wait(Token), Token);
        Task second = worker.RunAsync(() => { ran = true; }, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        gate.Set();
        await first;
        await worker.RunAsync(() => { }, Token);
        Assert.False(ran);
    }

    [Fact]
    public async Task RunAsync_CancelledWhileRunning_EndsAfterTheWork()
    {
        await using var worker = new ModelWorker("test");
        using var started = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        Task<int> job = worker.RunAsync(
            () =>
            {
                started.Set();
                gate.Wait(Token);
                return 3;
            },
            cancel.Token);
        started.Wait(Token);

        await cancel.CancelAsync();
        Assert.False(job.IsCompleted);
        gate.Set();

        Assert.Equal(3, await job);
    }

    [Fact]
    public async Task DisposeAsync_WaitingJobs_RunBeforeTheEnd()
    {
        var order = new List<string>();
        var worker = new ModelWorker("test", capacity: 4, atEnd: () => order.Add("end"));
        using var gate = new ManualResetEventSlim();
        Task[] jobs =
        [
            worker.RunAsync(() => gate.Wait(Token), Token),
            worker.RunAsync(() => order.Add("a"), Token),
            worker.RunAsync(() => order.Add("b"), Token),
        ];

        ValueTask disposal = worker.DisposeAsync();
        gate.Set();
        await disposal;
        await Task.WhenAll(jobs);

        Assert.Equal(["a", "b", "end"], order);
        await worker.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => worker.RunAsync(() => 1, Token));
    }

    [Fact]
    public async Task RunAsync_MoreJobsThanPlaces_AllRun()
    {
        await using var worker = new ModelWorker("test", capacity: 1);

        int[] results = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(i => worker.RunAsync(() => i, Token)));

        Assert.Equal(Enumerable.Range(0, 50), results);
    }

    [Fact]
    public async Task RunAsync_Tensors_AreReleasedAndGradientsAreOnlyOnWhenAsked()
    {
        await using var worker = new ModelWorker("test");
        torch.Tensor? left = null;
        bool without = await worker.RunAsync(
            () =>
            {
                left = torch.ones(3);
                return torch.is_grad_enabled();
            },
            Token);
        float gradient = await worker.RunAsync(
            () =>
            {
                torch.Tensor x = torch.tensor(3f, requires_grad: true);
                (x * x).backward();
                return x.grad!.item<float>();
            },
            Token,
            gradients: true);

        Assert.True(left!.IsInvalid);
        Assert.False(without);
        Assert.Equal(6, gradient);
    }
}
