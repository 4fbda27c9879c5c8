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
        return Task.FromResult((warmUp.State, warmUp.Failure) switch
        {
            (WarmUpState.Done, _) => HealthCheckResult.Healthy(
                "The model is loaded and has generated a token.",
                new Dictionary<string, object> { ["seconds"] = warmUp.Elapsed.TotalSeconds }),
            (var state, { } failure) => new HealthCheckResult(
                context.Registration.FailureStatus,
                $"The model could not be made ready{(state == WarmUpState.Running ? " and is being tried again" : "")}: {failure.Message}",
                failure),
            _ => new HealthCheckResult(context.Registration.FailureStatus, "The model is being loaded."),
        });
    }
}
