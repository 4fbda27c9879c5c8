using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LLoCO.Server;
using Xunit;

namespace LLoCO.Core.Tests.Server;

/// <summary>Who may, and what one tenant learns of another.</summary>
public sealed class AccessTests
{
    private const string Documents = "/v1/lloco/documents";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_OneOfThemOrNothing()
    {
        (LlocoApiKey kept, string key) = LlocoApiKey.Create("crew");
        await using TestServer server = await TestServer.StartAsync(new LlocoServerOptions { ApiKeys = [kept] });

        Assert.Equal(401, (int)(await server.Http.GetAsync("/v1/models", Token)).StatusCode);
        Assert.Equal(401, (int)(await GetAsync(server, "/v1/models", kept.Hash)).StatusCode);
        Assert.Equal(200, (int)(await GetAsync(server, "/v1/models", key)).StatusCode);
        Assert.Equal(200, (int)(await server.Http.GetAsync("/health", Token)).StatusCode);
        Assert.DoesNotContain(key, kept.ToString());
    }

    [Fact]
    public async Task Keys_WithAnEmptyListOfGroups_AreRefused()
    {
        LlocoApiKey kept = LlocoApiKey.Create("crew", "ship").Kept with { Groups = [] };

        LlocoException fault = await Assert.ThrowsAsync<LlocoException>(
            () => TestServer.StartAsync(new LlocoServerOptions { ApiKeys = [kept] }));

        Assert.Contains("'crew' has an empty list of groups", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"messages": [{"role": "user", "content": "\ud800"}]}""")]
    [InlineData("/v1/completions", """{"prompt": "x", "stop": ["\udc00"]}""")]
    [InlineData("/v1/lloco/documents", """{"id": "\ud800", "text": "x"}""")]
    [InlineData("/v1/responses", """{"input": "x", "\ud800": 1}""")]
    public async Task Post_HalvesOfCharacters_AreTheCallersFault(string path, string body)
    {
        await using TestServer server = await TestServer.StartAsync(new LlocoServerOptions());
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using HttpResponseMessage response = await server.Http.PostAsync(path, content, Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("half of a character", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tenants_SeeNothingOfEachOther()
    {
        (LlocoApiKey ship, string shipKey) = LlocoApiKey.Create("ship", "ship");
        (LlocoApiKey town, string townKey) = LlocoApiKey.Create("town", "town");
        await using TestServer server = await TestServer.StartAsync(new LlocoServerOptions { ApiKeys = [ship, town] });

        string list = await (await GetAsync(server, Documents, townKey)).Content.ReadAsStringAsync(Token);
        string answer = (await server.Chat(townKey).CompleteChatAsync(
            [new OpenAI.Chat.UserChatMessage("Who was captain of the Heron at the mill?")], cancellationToken: Token)).Value.Content[0].Text;

        Assert.Contains("mill", list);
        Assert.DoesNotContain("heron", list);
        Assert.Equal("[mill|town]", answer);
        string absent = await StripAsync(await GetAsync(server, Documents + "/nothing", townKey), "nothing");
        Assert.Equal(absent, await StripAsync(await GetAsync(server, Documents + "/heron", townKey), "heron"));
        Assert.Equal(403, (int)(await GetAsync(server, Documents + "?group=ship", townKey)).StatusCode);
        Assert.Equal(403, (int)(await GetAsync(server, "/metrics", townKey)).StatusCode);

        // The same name in both groups: two documents, and neither upload tells of the other.
        JsonElement first = await UploadAsync(server, shipKey, "log.txt", "Rain fell.");
        JsonElement second = await UploadAsync(server, townKey, "log.txt", "Sun shone.");
        Assert.Equal(("ship/log.txt", "town/log.txt"), (first.GetProperty("id").GetString(), second.GetProperty("id").GetString()));
        Assert.Equal("added", second.GetProperty("outcome").GetString());

        static async Task<string> StripAsync(HttpResponseMessage response, string id) =>
            (int)response.StatusCode + (await response.Content.ReadAsStringAsync(Token)).Replace(id, "ID", StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoKeys_OtherHostsOriginsAndProxies_AreRefused()
    {
        await using TestServer server = await TestServer.StartAsync();

        Assert.Equal(403, await StatusAsync(server, request => request.Headers.Host = "evil.example"));
        Assert.Equal(403, await StatusAsync(server, request => request.Headers.Add("Origin", "http://evil.example")));
        Assert.Equal(403, await StatusAsync(server, request => request.Headers.Add("X-Forwarded-For", "10.0.0.1")));
        Assert.Equal(200, await StatusAsync(server, request => request.Headers.Add("Origin", server.Url.ToString().TrimEnd('/'))));
    }

    [Fact]
    public async Task Keys_ThatAreNone_AreRefusedAtTheStart()
    {
        LlocoException error = await Assert.ThrowsAsync<LlocoException>(() => TestServer.StartAsync(
            new LlocoServerOptions { ApiKeys = [new LlocoApiKey { Name = "crew", Hash = "abc" }] }));

        Assert.Contains("'crew'", error.Message);
        await Assert.ThrowsAsync<LlocoException>(() => TestServer.StartAsync(new LlocoServerOptions { MaxRequests = 0 }));
    }

    [Fact]
    public async Task PerMinute_OneMore_WaitsAsItIsTold()
    {
        await using TestServer server = await TestServer.StartAsync(new LlocoServerOptions { MaxPerMinute = 1 });

        await AskAsync(server);
        using HttpResponseMessage refused = await AskAsync(server);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
    }

    private static Task<HttpResponseMessage> AskAsync(TestServer server) => server.Http.PostAsJsonAsync(
        "/v1/completions", new { prompt = "captain" }, Token);

    private static async Task<int> StatusAsync(TestServer server, Action<HttpRequestMessage> change)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        change(request);
        using HttpResponseMessage response = await server.Http.SendAsync(request, Token);
        return (int)response.StatusCode;
    }

    private static async Task<HttpResponseMessage> GetAsync(TestServer server, string path, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", key);
        return await server.Http.SendAsync(request, Token);
    }

    private static async Task<JsonElement> UploadAsync(TestServer server, string key, string id, string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Documents) { Content = JsonContent.Create(new { id, text }) };
        request.Headers.Authorization = new("Bearer", key);
        using HttpResponseMessage response = await server.Http.SendAsync(request, Token);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Token);
    }
}
