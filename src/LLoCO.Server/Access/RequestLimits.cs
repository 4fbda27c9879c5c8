using System.Threading.RateLimiting;

namespace LLoCO.Server.Access;

/// <summary>How many requests may wait and work, and how many a caller may send in a minute.</summary>
internal sealed class RequestLimits(LlocoServerOptions options) : IDisposable
{
    private readonly PlaceCount _places = new(options.MaxRequests, CountKeys(options));
    private readonly TurnQueue _turns = new(options.MaxAtOnce, CountKeys(options));
    private readonly Lock _entry = new();

    private readonly PartitionedRateLimiter<Caller> _perMinute = PartitionedRateLimiter.Create<Caller, string>(caller =>
        options.MaxPerMinute == 0
            ? RateLimitPartition.GetNoLimiter(caller.Name)
            : RateLimitPartition.GetFixedWindowLimiter(caller.Name, _ => new FixedWindowRateLimiterOptions
            {
                PermitLimit = options.MaxPerMinute, QueueLimit = 0, Window = TimeSpan.FromMinutes(1),
            }));

    /// <summary>Lets a request in, when it is its turn.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Its place, to be disposed when it is done.</returns>
    /// <exception cref="ServerException">There is none, with the seconds to wait.</exception>
    public async Task<IDisposable> EnterAsync(Caller caller, CancellationToken cancellationToken)
    {
        Task turn = Enqueue(caller, cancellationToken);
        try
        {
            await turn.ConfigureAwait(false);
            return new Place(this, caller.Share);
        }
        catch
        {
            _places.Free(caller.Share);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _perMinute.Dispose();

    /// <summary>Takes a place, and with it the next turn: whoever is refused for want of a place knows that all who have one are in the
    /// queue, in the order in which they came.</summary>
    private Task Enqueue(Caller caller, CancellationToken cancellationToken)
    {
        lock (_entry)
        {
            if (!_places.TryTake(caller.Share))
            {
                throw new ServerException(429, "queue_full", "Too many requests are in progress or wait. Try again later.") { RetryAfter = 1 };
            }

            try
            {
                Count(caller);
                return _turns.BeginAsync(caller.Share, cancellationToken);
            }
            catch
            {
                _places.Free(caller.Share);
                throw;
            }
        }
    }

    /// <summary>Keys of the same name, and of the same tenant, share their limits.</summary>
    private static int CountKeys(LlocoServerOptions options) =>
        options.ApiKeys.Select(key => Caller.ShareOf(key.Name, key.Tenant)).Distinct(StringComparer.Ordinal).Count();

    private void Count(Caller caller)
    {
        using RateLimitLease turn = _perMinute.AttemptAcquire(caller);
        if (!turn.IsAcquired)
        {
            int seconds = turn.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan wait) ? (int)Math.Ceiling(wait.TotalSeconds) : 60;
            throw new ServerException(429, "rate_limit_exceeded", $"At most {options.MaxPerMinute} requests a minute. Wait {seconds} s.")
            {
                RetryAfter = Math.Max(1, seconds),
            };
        }
    }

    private sealed class Place(RequestLimits limits, string key) : IDisposable
    {
        private int _isFree;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isFree, 1) == 0)
            {
                limits._turns.End(key);
                limits._places.Free(key);
            }
        }
    }
}
