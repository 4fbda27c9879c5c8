using System.Diagnostics;
using LLoCO.Core;

namespace LLoCO.Extensions.Hosting;

/// <summary>Makes a pipeline ready: builds it, and generates one token of the base model, so that weights are in memory and code is
/// compiled before the first question.</summary>
/// <param name="pipeline">Gives the pipeline; called at most once at a time, on a thread of the pool.</param>
/// <remarks>Safe for concurrent use: calls that come while it runs wait for the same run. After a failure the next call tries
/// again.</remarks>
public sealed class LlocoWarmUp(Func<LlocoPipeline> pipeline) : IDisposable
{
    private static readonly AskOptions OneToken = new()
    {
        Context = ContextMode.None,
        Adapter = AskOptions.NoAdapter,
        Generation = new GenerationOptions { MaxNewTokens = 1 },
        Expand = ExpandOptions.Never,
        DoubtPolicy = DoubtPolicy.Warn,
    };

    private readonly SemaphoreSlim _turn = new(1);
    private volatile Outcome _outcome = new(WarmUpState.Waiting, TimeSpan.Zero, null);

    /// <summary>Gets how far it is.</summary>
    public WarmUpState State => _outcome.State;

    /// <summary>Gets why the last run that ended failed; <see langword="null"/> if it did not. Kept while it is tried again.</summary>
    public Exception? Failure => _outcome.Failure;

    /// <summary>Gets how long the successful run took; zero before.</summary>
    public TimeSpan Elapsed => _outcome.Elapsed;

    /// <summary>Makes the pipeline ready, or returns at once if it is.</summary>
    /// <param name="cancellationToken">Ends the wait. A pipeline that is being built is built to its end.</param>
    /// <returns>A task that ends when a token was generated.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <remarks>What building the pipeline or generating throws is thrown, and kept as <see cref="Failure"/>.</remarks>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (State != WarmUpState.Done)
            {
                await GenerateAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Releases what calls wait with. The pipeline is its owner's.</summary>
    public void Dispose() => _turn.Dispose();

    private async Task GenerateAsync(CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        Exception? before = Failure;
        _outcome = new Outcome(WarmUpState.Running, TimeSpan.Zero, before);
        try
        {
            LlocoPipeline built = await Task.Run(pipeline, cancellationToken).ConfigureAwait(false);
            await built.AskAsync("Ready?", OneToken, cancellationToken).ConfigureAwait(false);
            _outcome = new Outcome(WarmUpState.Done, Stopwatch.GetElapsedTime(started), null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _outcome = new Outcome(WarmUpState.Waiting, TimeSpan.Zero, before);
            throw;
        }
        catch (Exception error)
        {
            _outcome = new Outcome(WarmUpState.Failed, TimeSpan.Zero, error);
            throw;
        }
    }

    private sealed record Outcome(WarmUpState State, TimeSpan Elapsed, Exception? Failure);
}

/// <summary>How far a warm-up is.</summary>
public enum WarmUpState
{
    /// <summary>It has not begun.</summary>
    Waiting = 0,

    /// <summary>The model is being loaded, or generates its first token.</summary>
    Running = 1,

    /// <summary>The model is ready.</summary>
    Done = 2,

    /// <summary>The last run failed.</summary>
    Failed = 3,
}
