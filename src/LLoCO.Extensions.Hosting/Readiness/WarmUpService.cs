using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LLoCO.Extensions.Hosting.Readiness;

/// <summary>Warms a pipeline up in the background of a starting host, which does not wait for it.</summary>
/// <param name="warmUp">The warm-up.</param>
/// <param name="loggers">The application's loggers, if it has any.</param>
internal sealed class WarmUpService(LlocoWarmUp warmUp, ILoggerFactory? loggers = null) : IHostedService, IDisposable
{
    private readonly ILogger _logger = loggers?.CreateLogger("LLoCO.Extensions.Hosting") ?? NullLogger.Instance;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync()
    {
        try
        {
            await warmUp.RunAsync(_stopping.Token).ConfigureAwait(false);
            Log.Ready(_logger, warmUp.Elapsed.TotalSeconds);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The host stops before the model was ready.
        }
        catch (Exception error)
        {
            Log.Failed(_logger, error);
        }
    }
}
