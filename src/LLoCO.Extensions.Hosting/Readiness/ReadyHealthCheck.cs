using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LLoCO.Extensions.Hosting.Readiness;

/// <summary>Passes once the pipeline is warm. Asks nothing of the model, so that it answers at once however busy the model is.</summary>
/// <param name="warmUp">How far the warm-up is.</param>
internal sealed class ReadyHealthCheck(LlocoWarmUp warmUp) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.FromResult(warmUp.State switch
        {
            WarmUpState.Done => HealthCheckResult.Healthy(
                "The model is loaded and has generated a token.",
                new Dictionary<string, object> { ["seconds"] = warmUp.Elapsed.TotalSeconds }),
            WarmUpState.Failed => new HealthCheckResult(
                context.Registration.FailureStatus, "The model could not be made ready: " + warmUp.Failure!.Message, warmUp.Failure),
            _ => new HealthCheckResult(context.Registration.FailureStatus, "The model is being loaded."),
        });
    }
}
