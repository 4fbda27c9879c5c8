using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Server;
using Xunit;

namespace LLoCO.Core.Tests.Server;

/// <summary>What one tenant's load does to another, and what its answers tell.</summary>
public sealed class FairnessTests
{
    private static readonly (LlocoApiKey Kept, string Key) Ship = LlocoApiKey.Create("ship", "ship");
    private static readonly (LlocoApiKey Kept, string Key) Town = LlocoApiKey.Create("town", "town");
    private readonly AnswerGate _gate = new();
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _order = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Queue_FilledByOneTenant_HasPlacesForTheOther()
    {
        // 8 places, of which 2 are kept for each key: the ship gets 6 of its 10, the town its 2.
        await using TestServer server = await StartAsync(new() { MaxRequests = 8, MaxAtOnce = 8 });

        HttpStatusCode[] ship = await BeginAllAsync(server, Ship.Key, 10);
        HttpStatusCode[] town = await BeginAllAsync(server, Town.Key, 3);
        _gate.Open();

        Assert.Equal((6, 4), (ship.Count(one => one == HttpStatusCode.OK), ship.Count(one => one == HttpStatusCode.TooManyRequests)));
        Assert.Equal((2, 1), (town.Count(one => one == HttpStatusCode.OK), town.Count(one => one == HttpStatusCode.TooManyRequests)));
    }

    [Fact]
    public async Task Turns_OfTwoTenants_Alternate()
    {
        // 8 places: of 10 questions of the ship one is answered, 5 wait and 4 are refused at once; of 3 of the town 2 wait.
        await using TestServer server = await StartAsync(new() { MaxRequests = 8, MaxAtOnce = 1 });
        Task<HttpStatusCode>[] ship = [.. Enumerable.Range(0, 10).Select(_ => AskAsync(server, Ship.Key))];
        await TestServer.WaitAsync(() => server.Fake.Decoder.Started == 1 && ship.Count(one => one.IsCompleted) == 4);
        Task<HttpStatusCode>[] town = [.. Enumerable.Range(0, 3).Select(_ => AskAsync(server, Town.Key))];
        await TestServer.WaitAsync(() => town.Count(one => one.IsCompleted) == 1);

        _gate.Open();
        await Task.WhenAll([.. ship, .. town]);

        Assert.Equal(["ship", "ship", "town", "ship", "town", "ship", "ship", "ship"], _order);
    }

    [Fact]
    public async Task Waiting_CallerThatLeaves_FreesItsPlace()
    {
        // 4 places, of which one is kept for each key: one question of the ship is answered, two wait, and the fourth is refused.
        await using TestServer server = await StartAsync(new() { MaxRequests = 4, MaxAtOnce = 1 });
        using HttpResponseMessage first = await BeginAsync(server, Ship.Key);
        using (var leaving = new CancellationTokenSource())
        {
            List<Task<HttpResponseMessage>> others = [.. Enumerable.Range(0, 3).Select(_ => SendAsync(server, Ship.Key, leaving.Token))];
            Task<HttpResponseMessage> refused = await Task.WhenAny(others);
            Assert.Equal(HttpStatusCode.TooManyRequests, (await refused).StatusCode);
            others.Remove(refused);
            await leaving.CancelAsync();
            foreach (Task<HttpResponseMessage> left in others)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
            }
        }

        // The server notices a little later that a caller has left.
        await TestServer.WaitAsync(() => server.Active == 1);
        _gate.Open();
        Assert.EndsWith("data: [DONE]\n\n", await first.Content.ReadAsStringAsync(Token));
        await TestServer.WaitAsync(() => server.Active == 0);
        HttpStatusCode[] all = await BeginAllAsync(server, Ship.Key, 3);

        Assert.All(all, one => Assert.Equal(HttpStatusCode.OK, one));
    }

    [Fact]
    public async Task Asked_AgainAtTheEndOfAStream_FindsItsOwnPlaceFree()
    {
        // 2 places, of which one is kept for the town.
        _gate.Open();
        await using TestServer server = await StartAsync(new() { MaxRequests = 2 });

        for (int i = 0; i < 20; i++)
        {
            using HttpResponseMessage response = await BeginAsync(server, Ship.Key);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Token));
            while (await lines.ReadLineAsync(Token) is { } line && line != "data: [DONE]")
            {
            }
        }
    }

    [Fact]
    public async Task Answer_IsTheSameWhateverOthersHaveAndAsk()
    {
        _gate.Open();
        await using TestServer alone = await StartAsync(new());
        await using TestServer shared = await StartAsync(new());
        await shared.Fake.IngestAsync(
            new SourceDocument("ship/a", "The mill, the mill, the mill by the river of the ship.", "ship"),
            new SourceDocument("ship/b", "River and mill stood empty, says the log of the ship.", "ship"));
        await SendAsync(shared, Ship.Key, Token);

        string expected = await AnswerAsync(alone, Town.Key, null);

        Assert.Equal(expected, await AnswerAsync(shared, Town.Key, null));
        Assert.Contains("The mill by the river", expected);
    }

    [Fact]
    public async Task Documents_OfOthers_AreRefusedAsThoseThatAreNot()
    {
        _gate.Open();
        await using TestServer server = await StartAsync(new());

        string there = await AnswerAsync(server, Town.Key, "heron");
        string absent = await AnswerAsync(server, Town.Key, "heroin");

        Assert.Equal(absent.Replace("heroin", "heron", StringComparison.Ordinal), there);
        Assert.Contains("error", there);
    }

    [Fact]
    public async Task Ids_AreRandom()
    {
        _gate.Open();
        await using TestServer server = await StartAsync(new());
        foreach (string path in new[] { "/v1/chat/completions", "/v1/responses", "/v1/messages" })
        {
            var ids = new List<string>();
            for (int i = 0; i < 3; i++)
            {
                object message = new { role = "user", content = "Where is the mill?" };
                object body = path.EndsWith("responses", StringComparison.Ordinal)
                    ? new { input = new[] { message } }
                    : new { messages = new[] { message }, max_tokens = 40 };
                JsonElement answer = await PostAsync(server, Town.Key, path, body);
                ids.Add(answer.GetProperty("id").GetString()!.Split('-', '_')[1]);
            }

            // Version 4: 122 random bits, no time and no counter. Versions 1, 6 and 7 begin with the time.
            Assert.All(ids, id => Assert.Equal(4, Guid.ParseExact(id, "N").Version));
            Assert.Equal(3, ids.Distinct().Count());
        }
    }

    /// <summary>An answer without what differs by nature: id, time, seconds.</summary>
    private static async Task<string> AnswerAsync(TestServer server, string key, string? document)
    {
        object body = document is null
            ? new { messages = new[] { new { role = "user", content = "Where is the mill by the river?" } } }
            : new { messages = new[] { new { role = "user", content = "Where is the mill?" } }, lloco = new { documents = new[] { document } } };
        JsonElement answer = await PostAsync(server, key, "/v1/chat/completions", body);
        Dictionary<string, JsonElement> fields = answer.EnumerateObject().Where(one => one.Name is not ("id" or "created"))
            .ToDictionary(one => one.Name, one => one.Value);
        if (fields.Remove("lloco", out JsonElement lloco))
        {
            foreach (JsonProperty one in lloco.EnumerateObject().Where(one => one.Name != "seconds"))
            {
                fields["lloco." + one.Name] = one.Value;
            }
        }

        return JsonSerializer.Serialize(fields);
    }

    private static async Task<JsonElement> PostAsync(TestServer server, string key, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new("Bearer", key);
        using HttpResponseMessage response = await server.Http.SendAsync(request, Token);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    private static async Task<HttpStatusCode[]> BeginAllAsync(TestServer server, string key, int count)
    {
        HttpResponseMessage[] all = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => BeginAsync(server, key)));
        return [.. all.Select(one => one.StatusCode)];
    }

    private static async Task<HttpStatusCode> AskAsync(TestServer server, string key)
    {
        using HttpResponseMessage response = await BeginAsync(server, key);
        await response.Content.ReadAsStringAsync(Token);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> BeginAsync(TestServer server, string key) => SendAsync(server, key, Token);

    private static async Task<HttpResponseMessage> SendAsync(TestServer server, string key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = JsonContent.Create(new { prompt = "captain mill", stream = true, max_tokens = 300 }),
        };
        request.Headers.Authorization = new("Bearer", key);
        return await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>A server with two keys, whose answers stop behind their first tokens until they are let go.</summary>
    private Task<TestServer> StartAsync(LlocoServerOptions options) => TestServer.StartAsync(
        options with { ApiKeys = [Ship.Kept, Town.Kept] }, fingerprint => new EchoDecoder(fingerprint, "ship", "town")
        {
            Answer = request =>
            {
                _order.Enqueue(request.Adapter!);
                return $"[{string.Join('+', request.Prefix.Select(one => one.DocumentId))}]";
            },
            Hold = _gate.PassAsync,
        });
}
