using System.Threading.RateLimiting;

namespace LLoCO.Server.Access;

/// <summary>How many requests may be in progress, and how many a caller may send in a minute.</summary>
internal sealed class RequestLimits(LlocoServerOptions options) : IDisposable
{
    private readonly ConcurrencyLimiter _together = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.MaxRequests, QueueLimit = 0,
    });

    private readonly PartitionedRateLimiter<Caller> _perMinute = PartitionedRateLimiter.Create<Caller, string>(caller =>
        options.MaxPerMinute == 0
            ? RateLimitPartition.GetNoLimiter(caller.Name)
            : RateLimitPartition.GetFixedWindowLimiter(caller.Name, _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = options.MaxPerMinute, QueueLimit = 0, Window = TimeSpan.FromMinutes(1),
            }));

    /// <summary>Lets a request in.</summary>
    /// <param name="caller">Who asks.</param>
    /// <returns>Its place, to be disposed when it is done.</returns>
    /// <exception cref="ServerException">There is none, with the seconds to wait.</exception>
    public IDisposable Enter(Caller caller)
    {
        RateLimitLease place = _together.AttemptAcquire();
        if (!place.IsAcquired)
        {
            throw new ServerException(429, "queue_full", "Too many requests are in progress or wait. Try again later.") { RetryAfter = 1 };
        }

        using RateLimitLease turn = _perMinute.AttemptAcquire(caller);
        if (turn.IsAcquired)
        {
            return place;
        }

        place.Dispose();
        int seconds = turn.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan wait) ? (int)Math.Ceiling(wait.TotalSeconds) : 60;
        throw new ServerException(429, "rate_limit_exceeded", $"At most {options.MaxPerMinute} requests a minute. Wait {seconds} s.")
        {
            RetryAfter = Math.Max(1, seconds),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _together.Dispose();
        _perMinute.Dispose();
    }
}
