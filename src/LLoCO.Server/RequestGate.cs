using LLoCO.Server.Access;
using LLoCO.Server.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LLoCO.Server;

/// <summary>What every request passes: keys, limits, time-outs, and errors that become JSON.</summary>
internal sealed partial class RequestGate(LlocoServerOptions options, ILogger logger, IHostApplicationLifetime? host) : IDisposable
{
    private readonly ApiKeyCheck _keys = new(options.ApiKeys);
    private readonly RequestLimits _limits = new(options);

    /// <summary>Puts the gate in front of an endpoint.</summary>
    /// <param name="route">The endpoint's name in the metrics.</param>
    /// <param name="work">The endpoint; its token ends with the caller, the time-out or the application.</param>
    /// <param name="isLimited">Whether it uses the model, so that the limits count it.</param>
    /// <param name="errors">How errors are told; as OpenAI does with <see langword="null"/>.</param>
    /// <param name="query">The names that the query of its address may hold; none by default.</param>
    public RequestDelegate Guard(
        string route, Func<HttpContext, Caller, CancellationToken, Task> work, bool isLimited = false, IErrorForm? errors = null,
        IReadOnlyList<string>? query = null) =>
        async context =>
        {
            context.Features.Set<IErrorForm>(errors ?? OpenAIErrorForm.Instance);
            using var measure = ServerMeter.Begin(route, context.Response);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            using CancellationTokenRegistration stopping = host?.ApplicationStopping.Register(
                () => EndSoon(stop)) ?? default;
            stop.CancelAfter(TimeSpan.FromSeconds(options.TimeoutSeconds));
            try
            {
                LimitBody(context);
                Caller caller = _keys.Find(context.Request);
                ServerMeter.Tenant = caller.Tenant?.Name;
                QueryFields.Ensure(context.Request, query ?? []);
                using IDisposable? place = isLimited ? await EnterAsync(caller, stop.Token).ConfigureAwait(false) : null;
                context.Features.Set(new RequestPlace(place));
                await work(context, caller, stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // The caller has left; nobody reads a response.
                context.Response.StatusCode = context.Response.HasStarted ? context.Response.StatusCode : 499;
            }
            catch (Exception error)
            {
                await TellAsync(context, error).ConfigureAwait(false);
            }
        };

    /// <summary>Lets a request use the model, when it is its turn.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Its place, to be disposed when it is done.</returns>
    /// <exception cref="ServerException">There is no place.</exception>
    public Task<IDisposable> EnterAsync(Caller caller, CancellationToken cancellationToken) =>
        _limits.EnterAsync(caller, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _limits.Dispose();

    private void EndSoon(CancellationTokenSource stop)
    {
        if (options.StopSeconds == 0)
        {
            stop.Cancel();
            return;
        }

        stop.CancelAfter(TimeSpan.FromSeconds(options.StopSeconds));
    }

    private void LimitBody(HttpContext context)
    {
        if (context.Request.ContentLength > options.MaxBodyBytes)
        {
            throw new ServerException(413, "too_large", $"The request is larger than {options.MaxBodyBytes} bytes.");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = options.MaxBodyBytes;
        }
    }

    private async Task TellAsync(HttpContext context, Exception error)
    {
        ServerException told = error is OperationCanceledException ? Ended() : ServerJson.Explain(error) ?? Unexpected(error);
        IErrorForm form = context.Features.Get<IErrorForm>()!;
        if (context.Response.HasStarted)
        {
            // Only streams of events are sent in pieces: the error is their last event.
            await ServerJson.WriteEventsAsync(context.Response, form.Events(told)).ConfigureAwait(false);
            return;
        }

        context.Response.Clear();
        if (told.RetryAfter > 0)
        {
            context.Response.Headers.RetryAfter = $"{told.RetryAfter}";
        }

        if (told.Status == 401)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        await ServerJson.WriteAsync(context.Response, form.Body(told), told.Status).ConfigureAwait(false);
    }

    private ServerException Ended() => host?.ApplicationStopping.IsCancellationRequested == true
        ? new ServerException(503, "stopping", "The server stops. Ask again later.") { RetryAfter = 5 }
        : new ServerException(504, "timeout", $"The request took longer than {options.TimeoutSeconds} s.");

    private ServerException Unexpected(Exception error)
    {
        LogUnexpected(logger, error);
        return new ServerException(500, "internal_error", "The request failed. The server's log says why.");
    }

    [LoggerMessage(201, LogLevel.Error, "A request failed.")]
    private static partial void LogUnexpected(ILogger logger, Exception error);
}
