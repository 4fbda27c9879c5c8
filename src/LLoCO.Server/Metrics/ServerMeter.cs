using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;

namespace LLoCO.Server.Metrics;

/// <summary>The server's own instruments.</summary>
internal static class ServerMeter
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "LLoCO.Server";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Requests =
        Meter.CreateCounter<long>("lloco.server.requests", "{request}", "Requests answered, by route and status.");

    private static readonly UpDownCounter<long> Active =
        Meter.CreateUpDownCounter<long>("lloco.server.active", "{request}", "Requests in progress.");

    private static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("lloco.server.duration", "s", "Time per request.");

    private static readonly AsyncLocal<string?> Current = new();

    /// <summary>Gets or sets the tenant whose request this is; <see langword="null"/> for none. What the request calls sees it.</summary>
    public static string? Tenant
    {
        get => Current.Value;
        set => Current.Value = value;
    }

    /// <summary>Begins to measure a request.</summary>
    /// <param name="route">The endpoint.</param>
    /// <param name="response">The response, for its status.</param>
    /// <returns>Ends the measurement when it is disposed.</returns>
    public static IDisposable Begin(string route, HttpResponse response) => new Measurement(route, response);

    private sealed class Measurement : IDisposable
    {
        private readonly long _started = Stopwatch.GetTimestamp();
        private readonly KeyValuePair<string, object?> _route;
        private readonly HttpResponse _response;

        public Measurement(string route, HttpResponse response)
        {
            _route = new KeyValuePair<string, object?>("route", route);
            _response = response;
            Active.Add(1);
        }

        public void Dispose()
        {
            Active.Add(-1);
            Requests.Add(1, _route, new KeyValuePair<string, object?>("status", _response.StatusCode));
            Duration.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, _route);
        }
    }
}
