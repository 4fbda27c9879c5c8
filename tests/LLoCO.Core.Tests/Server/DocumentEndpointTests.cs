using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LLoCO.Server;
using Xunit;

namespace LLoCO.Core.Tests.Server;

public sealed class DocumentEndpointTests
{
    private const string Path = "/v1/lloco/documents";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Documents_AddedShownAndDeleted()
    {
        await using TestServer server = await TestServer.StartAsync();

        JsonElement added = await SendAsync(server.Http, HttpMethod.Post, Path, new { id = "a/log book.txt", group = "ship", text = "Rain fell on deck." });
        JsonElement list = await server.Http.GetFromJsonAsync<JsonElement>(Path + "?group=ship", Token);
        JsonElement shown = await server.Http.GetFromJsonAsync<JsonElement>(Path + "/a%2Flog%20book.txt?text=true", Token);

        Assert.Equal(("added", 18, 4), (
            added.GetProperty("outcome").GetString(), added.GetProperty("tokens").GetInt32(), added.GetProperty("vectors").GetInt32()));
        Assert.Equal(["a/log book.txt", "heron"], list.GetProperty("data").EnumerateArray().Select(one => one.GetProperty("id").GetString()));
        Assert.Equal("Rain fell on deck.", shown.GetProperty("text").GetString());
        Assert.Equal([10, 8], shown.GetProperty("segments").EnumerateArray().Select(one => one.GetProperty("tokens").GetInt32()));
        using HttpResponseMessage deleted = await server.Http.DeleteAsync(Path + "/a/log%20book.txt", Token);
        using HttpResponseMessage gone = await server.Http.GetAsync(Path + "/a/log%20book.txt", Token);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (deleted.StatusCode, gone.StatusCode));
    }

    [Fact]
    public async Task Upload_EventsAccepted_TellsProgressThenTheResult()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Path + "?id=log.txt&group=ship")
        {
            Content = new StringContent("Rain fell on the deck of it."),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));

        using HttpResponseMessage response = await server.Http.SendAsync(request, Token);
        string[] events = [.. (await response.Content.ReadAsStringAsync(Token)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries)];

        Assert.All(events[..^1], one => Assert.StartsWith("event: progress\ndata: {", one));
        Assert.Equal(4, events.Length - 1);
        Assert.Contains("\"segments_done\":0,\"segments\":3", events[0]);
        Assert.Contains("\"segments_done\":3", events[^2]);
        Assert.StartsWith("event: result\ndata: {\"id\":\"log.txt\"", events[^1]);
    }

    [Fact]
    public async Task Upload_OfAFile_IsReadByTheEndingOfItsName()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var page = new ByteArrayContent("<nav>Menu</nav><main><h1>Log</h1><p>Rain fell.</p></main>"u8.ToArray());
        using var broken = new ByteArrayContent("no such thing"u8.ToArray());

        using HttpResponseMessage added = await server.Http.PostAsync(Path + "?id=log.html", page, Token);
        using HttpResponseMessage refused = await server.Http.PostAsync(Path + "?id=log.pdf", broken, Token);
        JsonElement shown = await server.Http.GetFromJsonAsync<JsonElement>(Path + "/log.html?text=true", Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (added.StatusCode, refused.StatusCode));
        Assert.Equal("# Log\n\nRain fell.\n", shown.GetProperty("text").GetString());
        Assert.Contains("log.pdf", await refused.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_ThatIsNoText_IsRefused()
    {
        await using TestServer server = await TestServer.StartAsync(new() { MaxBodyBytes = 1024 });
        using var binary = new ByteArrayContent([0xff, 0xfe, 0x80, 1]);
        using var pages = new StringContent("%PDF-1.4\n1 0 obj");
        using var nothing = new StringContent(" ");
        using var large = new StringContent(new string('x', 2000));

        Assert.Equal(HttpStatusCode.BadRequest, (await server.Http.PostAsync(Path + "?id=a", binary, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Http.PostAsync(Path + "?id=a.txt", pages, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Http.PostAsync(Path + "?id=a", nothing, Token)).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await server.Http.PostAsync(Path + "?id=a", large, Token)).StatusCode);
        using var text = new StringContent("text");
        Assert.Equal(HttpStatusCode.BadRequest, (await server.Http.PostAsync(Path, text, Token)).StatusCode);
    }

    [Fact]
    public async Task Upload_OfAnotherFormat_IsNamed()
    {
        await using TestServer server = await TestServer.StartAsync();
        using var pages = new ByteArrayContent([.. "%PDF-1.4\n"u8, 0xC3, 0x28]);

        using HttpResponseMessage refused = await server.Http.PostAsync(Path + "?id=a", pages, Token);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        string said = await refused.Content.ReadAsStringAsync(Token);
        Assert.Contains("The document is a PDF file", said, StringComparison.Ordinal);
        Assert.Contains(".docx", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upload_IntoTheGroupAuto_IsRefusedInEveryForm(bool bound)
    {
        (LlocoApiKey kept, string key) = LlocoApiKey.Create("all", bound ? ["auto"] : []);
        await using TestServer server = await TestServer.StartAsync(new() { ApiKeys = [kept] });
        server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        string query = bound ? string.Empty : "&group=auto";
        using var text = new StringContent("Rain fell.");
        using var form = new MultipartFormDataContent
        {
            { new StringContent("user_data"), "purpose" }, { new ByteArrayContent("Rain fell."u8.ToArray()), "file", "a.txt" },
        };
        if (!bound)
        {
            form.Add(new StringContent("auto"), "group");
        }

        foreach (HttpResponseMessage response in (HttpResponseMessage[])
        [
            await server.Http.PostAsync($"{Path}?id=a.txt{query}", text, Token),
            await server.Http.PostAsJsonAsync(Path, new { id = "a.txt", group = "auto", text = "Rain fell." }, Token),
            await server.Http.PostAsync("/v1/files", form, Token),
        ])
        {
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains("auto is no group", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
            response.Dispose();
        }

        JsonElement list = await server.Http.GetFromJsonAsync<JsonElement>(Path, Token);
        Assert.DoesNotContain(list.GetProperty("data").EnumerateArray(), one => one.GetProperty("group").GetString() == "auto");
    }

    [Theory]
    [InlineData("GET", Path + "?grop=ship", "grop")]
    [InlineData("GET", Path + "?group=ship&group=town", "group")]
    [InlineData("GET", Path + "/heron?text=1", "text")]
    [InlineData("GET", "/v1/models?limit=2", "limit")]
    [InlineData("GET", "/v1/files?order=asc", "order")]
    [InlineData("GET", "/metrics?name=x", "name")]
    [InlineData("DELETE", Path + "/heron?sure=true", "sure")]
    [InlineData("POST", Path + "?id=t.txt&grop=ship", "grop")]
    [InlineData("POST", Path + "?id=t.txt&replace=yes", "replace")]
    [InlineData("POST", "/v1/chat/completions?model=ship", "model")]
    public async Task Query_WithAFieldThatHasNoEffect_IsRefusedByName(string method, string path, string field)
    {
        await using TestServer server = await TestServer.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path)
        {
            Content = method == "POST" ? new StringContent("Rain fell.") : null,
        };

        using HttpResponseMessage response = await server.Http.SendAsync(request, Token);
        JsonElement error = (await response.Content.ReadFromJsonAsync<JsonElement>(Token)).GetProperty("error");
        JsonElement list = await server.Http.GetFromJsonAsync<JsonElement>(Path, Token);

        Assert.Equal((HttpStatusCode.BadRequest, field), (response.StatusCode, error.GetProperty("param").GetString()));
        Assert.Equal(["heron", "mill"], list.GetProperty("data").EnumerateArray().Select(one => one.GetProperty("id").GetString()).Order());
    }

    [Fact]
    public async Task Upload_JsonWithAQuery_IsRefused()
    {
        await using TestServer server = await TestServer.StartAsync();

        JsonElement told = await SendAsync(server.Http, HttpMethod.Post, Path + "?group=ship", new { id = "a.txt", text = "Rain fell." });

        Assert.Equal("group", told.GetProperty("error").GetProperty("param").GetString());
    }

    private static async Task<JsonElement> SendAsync(HttpClient http, HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using HttpResponseMessage response = await http.SendAsync(request, Token);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Token);
    }
}
