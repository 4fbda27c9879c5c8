using System.Net;
using System.Net.Http.Json;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Server;
using Xunit;

namespace LLoCO.Core.Tests.Server;

/// <summary>Streams that end early, and requests beyond the queue.</summary>
public sealed class StreamEndTests
{
    private readonly AnswerGate _gate = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Caller_Leaves_EndsTheDecoding()
    {
        // Tokens come slowly: all of them would take minutes.
        int tokens = 0;
        await using TestServer server = await TestServer.StartAsync(decoder: fingerprint => new EchoDecoder(fingerprint, "ship")
        {
            Answer = _ => new string('x', 3000),
            Hold = (number, _) =>
            {
                Volatile.Write(ref tokens, number);
                return number > 3 ? Task.Delay(50, CancellationToken.None) : Task.CompletedTask;
            },
        });
        using (HttpResponseMessage response = await BeginAsync(server))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await TestServer.WaitAsync(() => Volatile.Read(ref tokens) > 3);
        }

        await TestServer.WaitAsync(() => server.Fake.Decoder.Ended == 1);

        Assert.InRange(tokens, 3, 2000);
    }

    [Fact]
    public async Task Queue_Full_RefusesWithRetryAfter()
    {
        await using TestServer server = await StartAsync(new LlocoServerOptions { MaxRequests = 1 });
        using HttpResponseMessage first = await BeginAsync(server);

        using HttpResponseMessage second = await BeginAsync(server);

        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Equal(1, second.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        Assert.Contains("queue_full", await second.Content.ReadAsStringAsync(Token));
        _gate.Open();
        Assert.EndsWith("data: [DONE]\n\n", await first.Content.ReadAsStringAsync(Token));
        using HttpResponseMessage third = await BeginAsync(server);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Fact]
    public async Task Stop_AnswerInProgress_EndsWithAnErrorEventAndDone()
    {
        await using TestServer server = await StartAsync(new LlocoServerOptions { StopSeconds = 0 });
        using HttpResponseMessage response = await BeginAsync(server);

        Task stop = server.StopAsync();
        string events = await response.Content.ReadAsStringAsync(Token);
        await stop;

        Assert.Contains("event: error\ndata: {\"error\":{\"message\":\"The server stops.", events);
        Assert.EndsWith("data: [DONE]\n\n", events);
    }

    [Fact]
    public async Task Stop_WithTime_LetsTheAnswerEnd()
    {
        await using TestServer server = await StartAsync(new LlocoServerOptions { StopSeconds = 60 });
        using HttpResponseMessage response = await BeginAsync(server);

        Task stop = server.StopAsync();
        await TestServer.WaitAsync(() => server.Stopping.IsCancellationRequested);
        _gate.Open();
        string events = await response.Content.ReadAsStringAsync(Token);
        await stop;

        Assert.Contains("\"finish_reason\":\"stop\"", events);
        Assert.DoesNotContain("error", events);
    }

    /// <summary>A server whose answers stop behind their first tokens until they are let go.</summary>
    private Task<TestServer> StartAsync(LlocoServerOptions? options = null) => TestServer.StartAsync(
        options, fingerprint => new EchoDecoder(fingerprint, "ship")
        {
            Hold = _gate.PassAsync,
        });

    private static async Task<HttpResponseMessage> BeginAsync(TestServer server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = JsonContent.Create(new { prompt = "captain", stream = true, max_tokens = 3000 }),
        };
        return await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }
}
