namespace LLoCO.Core.Tests.Fakes;

/// <summary>Holds answers behind their first tokens until it is opened. What waits takes no thread of the pool, which other tests need
/// meanwhile, and ends with its request.</summary>
internal sealed class AnswerGate
{
    private const int Held = 3;
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets all answers go on.</summary>
    public void Open() => _open.TrySetResult();

    /// <summary>Waits before a token, as <see cref="EchoDecoder.Hold"/>.</summary>
    public Task PassAsync(int token, CancellationToken cancellationToken) =>
        token == Held ? _open.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
}
