using System.Text.Json;
using System.Text.Json.Serialization;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using Microsoft.AspNetCore.Http;

namespace LLoCO.Server;

/// <summary>What the endpoints write: JSON, events, errors.</summary>
internal static class ServerJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Gets the null of fields that are written without a value: other nulls are left out.</summary>
    public static JsonElement Null { get; } = JsonSerializer.SerializeToElement<object?>(null);

    /// <summary>Writes a JSON response.</summary>
    public static Task WriteAsync(HttpResponse response, object value, int status = 200)
    {
        response.StatusCode = status;
        return response.WriteAsJsonAsync(value, value.GetType(), Options, "application/json", response.HttpContext.RequestAborted);
    }

    /// <summary>Begins a stream of events.</summary>
    public static void BeginEvents(HttpResponse response)
    {
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";
    }

    /// <summary>Writes an event and sends it on.</summary>
    /// <param name="response">The response.</param>
    /// <param name="value">Its data.</param>
    /// <param name="name">Its name; <see langword="null"/> for none.</param>
    public static Task WriteEventAsync(HttpResponse response, object value, string? name = null) =>
        WriteEventsAsync(response, [new ServerEvent(name, value)]);

    /// <summary>Writes events and sends them on together.</summary>
    /// <param name="response">The response.</param>
    /// <param name="events">The events.</param>
    public static async Task WriteEventsAsync(HttpResponse response, IEnumerable<ServerEvent> events)
    {
        CancellationToken gone = response.HttpContext.RequestAborted;
        foreach ((string? name, object value) in events)
        {
            string data = value as string ?? JsonSerializer.Serialize(value, value.GetType(), Options);
            await response.WriteAsync(name is null ? $"data: {data}\n\n" : $"event: {name}\ndata: {data}\n\n", gone).ConfigureAwait(false);
        }

        await response.Body.FlushAsync(gone).ConfigureAwait(false);
    }

    /// <summary>Finds what the caller is told of an error.</summary>
    /// <param name="error">The error.</param>
    /// <returns>The refusal; <see langword="null"/> for an error that is not the caller's, of which it learns nothing.</returns>
    public static ServerException? Explain(Exception error) => error switch
    {
        ServerException refused => refused,
        QueueFullException => new ServerException(429, "queue_full", "Too many requests wait already. Try again later.") { RetryAfter = 1 },
        WindowExceededException => new ServerException(400, "context_length_exceeded", error.Message, "messages"),
        DoubtfulAnswerException => new ServerException(422, "answer_in_doubt", error.Message),
        FingerprintMismatchException or LlocoRuntimeException => null,
        LlocoException => new ServerException(400, "not_answered", error.Message),
        NotSupportedException => new ServerException(400, "unsupported_parameter", error.Message),
        BadHttpRequestException bad => new ServerException(
            bad.StatusCode, bad.StatusCode == 413 ? "too_large" : "bad_request", bad.StatusCode == 413 ? "The request is too large." : bad.Message),
        JsonException => new ServerException(400, "invalid_json", $"The body is not JSON: {error.Message}"),
        _ => null,
    };
}
