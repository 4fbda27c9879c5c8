using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace LLoCO.Serving;

/// <summary>Asks a server by streamed chat completions.</summary>
/// <param name="url">The server.</param>
/// <param name="question">The question.</param>
/// <param name="tokens">Most tokens of an answer.</param>
internal sealed class StreamClient(Uri url, string question, int tokens) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = url, Timeout = TimeSpan.FromMinutes(10) };

    /// <summary>Asks a question and reads its events.</summary>
    /// <param name="document">The document; the server's choice with <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<AnswerTiming> AskAsync(string? document, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new
            {
                messages = new[] { new { role = "user", content = question } },
                stream = true,
                stream_options = new { include_usage = true },
                max_tokens = tokens,
                lloco = new { documents = document is null ? [] : new[] { document } },
            }),
        };
        using HttpResponseMessage response = await _http
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException(await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
        }

        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false));
        double first = 0;
        long generated = 0;
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (first == 0 && line.Contains("\"content\":\"", StringComparison.Ordinal) && !line.Contains("\"content\":\"\"", StringComparison.Ordinal))
            {
                first = Stopwatch.GetElapsedTime(started).TotalSeconds;
            }
            else if (line.Contains("\"completion_tokens\":", StringComparison.Ordinal))
            {
                using var chunk = JsonDocument.Parse(line["data: ".Length..]);
                generated = chunk.RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt64();
            }
        }

        double total = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return new AnswerTiming(first == 0 ? total : first, total, generated);
    }

    /// <summary>Lists the documents of the server.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<string[]> ListAsync(CancellationToken cancellationToken)
    {
        JsonElement list = await _http.GetFromJsonAsync<JsonElement>("/v1/lloco/documents", cancellationToken).ConfigureAwait(false);
        return [.. list.GetProperty("data").EnumerateArray().Select(one => one.GetProperty("id").GetString()!)];
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
