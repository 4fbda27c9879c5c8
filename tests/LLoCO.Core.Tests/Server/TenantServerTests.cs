using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Server;
using LLoCO.Tenants;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Xunit;

namespace LLoCO.Core.Tests.Server;

/// <summary>Keys that are bound to tenants: each endpoint is tried with the key of another tenant.</summary>
public sealed class TenantServerTests : IDisposable
{
    private const string Documents = "/v1/lloco/documents";
    private const string Secret = "The vault of the red tenant opens with the word barnacle.";
    private static readonly (LlocoApiKey Kept, string Key) Red = Bind(LlocoApiKey.Create("red key"), "red");
    private static readonly (LlocoApiKey Kept, string Key) Blue = Bind(LlocoApiKey.Create("blue key"), "blue");
    private static readonly (LlocoApiKey Kept, string Key) Operator = LlocoApiKey.Create("operator");

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Documents_AndFiles_OfAnotherTenant_AreAsThoseThatAreNot()
    {
        await using TestServer server = await StartAsync();
        await AddAsync(server, Red.Key, "vault.txt", Secret);
        string file = "/v1/files/file-" + Encode("vault.txt");

        foreach (string list in new[] { Documents, Documents + "?group=default", "/v1/files", "/v1/models", "/v1/lloco/reports" })
        {
            string seen = await (await SendAsync(server, Blue.Key, HttpMethod.Get, list)).Content.ReadAsStringAsync(Token);
            Assert.DoesNotContain("vault", seen);
            Assert.DoesNotContain("red", seen.Replace("created", string.Empty, StringComparison.Ordinal));
        }

        foreach ((HttpMethod method, string path) in new[]
        {
            (HttpMethod.Get, Documents + "/vault.txt"), (HttpMethod.Get, Documents + "/vault.txt?text=true"), (HttpMethod.Get, file),
            (HttpMethod.Get, file + "/content"), (HttpMethod.Delete, file), (HttpMethod.Delete, Documents + "/vault.txt"),
        })
        {
            string absent = await StripAsync(await SendAsync(server, Blue.Key, method, path.Replace("vault.txt", "nothing.t", StringComparison.Ordinal)
                .Replace(Encode("vault.txt"), Encode("nothing.t"), StringComparison.Ordinal)), "nothing.t");
            Assert.StartsWith("404", absent);
            Assert.Equal(absent, await StripAsync(await SendAsync(server, Blue.Key, method, path), "vault.txt"));
        }

        Assert.Equal(Secret, await (await SendAsync(server, Red.Key, HttpMethod.Get, file + "/content")).Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/completions")]
    [InlineData("/v1/responses")]
    [InlineData("/v1/messages")]
    public async Task Answers_AreTheSame_WhateverAnotherTenantHas(string path)
    {
        await using TestServer alone = await StartAsync("alone");
        await using TestServer shared = await StartAsync("shared");
        await AddAsync(shared, Red.Key, "vault.txt", Secret);
        await AddAsync(shared, Red.Key, "own.txt", "The word for the vault, the vault, the vault.");
        await AddAsync(alone, Blue.Key, "own.txt", "The harbour has a vault for ropes.");
        await AddAsync(shared, Blue.Key, "own.txt", "The harbour has a vault for ropes.");
        object question = new[] { new { role = "user", content = "Which word opens the vault?" } };

        foreach (string[] documents in new[] { [], ["vault.txt"], new[] { "own.txt" } })
        {
            object lloco = new { documents };
            object body = path switch
            {
                "/v1/completions" => new { prompt = "Which word opens the vault?", lloco },
                "/v1/responses" => new { input = question, lloco },
                _ => new { messages = question, max_tokens = 60, lloco },
            };
            string expected = await AnswerAsync(alone, Blue.Key, path, body);

            Assert.Equal(expected, await AnswerAsync(shared, Blue.Key, path, body));
            Assert.DoesNotContain("barnacle", expected);
        }
    }

    [Fact]
    public async Task Mcp_ToolsAndResources_ReachTheOwnTenantAlone()
    {
        await using TestServer server = await StartAsync();
        await AddAsync(server, Red.Key, "vault.txt", Secret);
        await AddAsync(server, Blue.Key, "own.txt", "The harbour has ropes.");
        await using McpClient blue = await ConnectAsync(server, Blue.Key);
        await using McpClient nobody = await ConnectAsync(server, Operator.Key);

        foreach ((string tool, Dictionary<string, object?> arguments) in new (string, Dictionary<string, object?>)[]
        {
            ("list", []), ("search", new() { ["query"] = "vault word barnacle" }), ("ask", new() { ["question"] = "vault?" }),
            ("ask", new() { ["question"] = "vault?", ["documents"] = new[] { "vault.txt" } }),
        })
        {
            CallToolResult seen = await blue.CallToolAsync(tool, arguments, cancellationToken: Token);
            string text = JsonSerializer.Serialize(seen.StructuredContent) + string.Concat(seen.Content.OfType<TextContentBlock>().Select(one => one.Text));
            Assert.DoesNotContain("barnacle", text);
            Assert.True((await nobody.CallToolAsync(tool, arguments, cancellationToken: Token)).IsError);
        }

        Assert.Equal(["own.txt"], (await blue.ListResourcesAsync(cancellationToken: Token)).Select(one => one.Name));
        await Assert.ThrowsAnyAsync<McpException>(() => blue.ReadResourceAsync("lloco:///documents/vault.txt", cancellationToken: Token).AsTask());
        await Assert.ThrowsAnyAsync<McpException>(() => nobody.ListResourcesAsync(cancellationToken: Token).AsTask());
    }

    [Fact]
    public async Task Upload_OfAnIdThatAnotherTenantHas_IsNewAndChangesNothing()
    {
        await using TestServer server = await StartAsync();
        await AddAsync(server, Red.Key, "vault.txt", Secret);

        JsonElement added = await AddAsync(server, Blue.Key, "vault.txt", Secret);

        Assert.Equal(("vault.txt", "added"), (added.GetProperty("id").GetString(), added.GetProperty("outcome").GetString()));
        await SendAsync(server, Blue.Key, HttpMethod.Delete, Documents + "/vault.txt");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, Red.Key, HttpMethod.Get, Documents + "/vault.txt")).StatusCode);
    }

    [Fact]
    public async Task OperatorsKey_ReachesFiguresOfAll_AndNoDocuments()
    {
        await using TestServer server = await StartAsync();
        await AddAsync(server, Red.Key, "vault.txt", Secret);

        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(server, Operator.Key, HttpMethod.Get, Documents)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(server, Operator.Key, HttpMethod.Get, "/v1/models")).StatusCode);
        string all = await MetricsAsync(server, Operator.Key);
        string blue = await MetricsAsync(server, Blue.Key);
        string red = await MetricsAsync(server, Red.Key);

        Assert.Contains("lloco_ingest_documents_total{outcome=\"added\",tenant=\"red\"}", all);
        Assert.Contains("lloco_tenant_documents_total{tenant=\"red\"}", all);
        Assert.Contains("lloco_server_requests_total{route=\"documents\",status=\"200\",tenant=\"red\"}", all);
        Assert.Contains("lloco_ingest_documents_total{outcome=\"added\",tenant=\"red\"}", red);
        Assert.DoesNotContain("\"red\"", blue);
        Assert.All(red.Split('\n').Where(line => line.Length > 0 && line[0] != '#'), line => Assert.Contains("tenant=\"red\"", line));
    }

    [Fact]
    public async Task Quota_OfATenant_RefusesWhatIsBeyond()
    {
        await using TestServer server = await StartAsync(options: new LlocoServerOptions
        {
            Quotas = new Dictionary<string, TenantQuota> { ["red"] = new() { MaxDocuments = 1 } },
        });
        await AddAsync(server, Red.Key, "a.txt", "One text.");

        using HttpResponseMessage refused = await PostAsync(server, Red.Key, Documents, new { id = "b.txt", text = "Another text." });

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        JsonElement told = await refused.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Contains("'red' may keep 1 documents", told.GetProperty("error").GetProperty("message").GetString());
        await AddAsync(server, Blue.Key, "a.txt", "One text.");
        await AddAsync(server, Blue.Key, "b.txt", "Another text.");
    }

    [Fact]
    public async Task OneOpenPipeline_TenantsThatTakeTurns_KeepWhatTheyHave()
    {
        await using TestServer server = await StartAsync(open: new TenantPipelineOptions { MaxOpen = 1 });
        for (int i = 0; i < 3; i++)
        {
            await AddAsync(server, Red.Key, $"{i}.txt", $"Text of the red number {i}.");
            await AddAsync(server, Blue.Key, $"{i}.txt", $"Text of the other number {i}.");
        }

        foreach (string key in new[] { Red.Key, Blue.Key })
        {
            JsonElement list = await (await SendAsync(server, key, HttpMethod.Get, Documents)).Content.ReadFromJsonAsync<JsonElement>(Token);
            Assert.Equal(3, list.GetProperty("data").GetArrayLength());
        }
    }

    [Fact]
    public async Task Queue_FilledByManyKeysOfOneTenant_HasPlacesForTheOther()
    {
        // 8 places: half are kept for the two tenants, 2 for each, however many keys the red one has.
        (LlocoApiKey Kept, string Key)[] many = [.. Enumerable.Range(0, 6).Select(i => Bind(LlocoApiKey.Create($"red {i}"), "red"))];
        var gate = new AnswerGate();
        await using TestServer server = await TestServer.StartAsync(
            new LlocoServerOptions { ApiKeys = [.. many.Select(one => one.Kept), Blue.Kept], MaxRequests = 8, MaxAtOnce = 8 },
            fingerprint => new EchoDecoder(fingerprint, "ship", "town")
            {
                Hold = gate.PassAsync,
            },
            tenants: new TenantStore(_folder.PathOf("tenants")));
        await AddAsync(server, many[0].Key, "a.txt", "The mill of the red.");
        await AddAsync(server, Blue.Key, "a.txt", "The mill of the others.");

        HttpResponseMessage[] red = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => BeginAsync(server, many[i % many.Length].Key)));
        HttpResponseMessage[] blue = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => BeginAsync(server, Blue.Key)));
        gate.Open();

        Assert.Equal((6, 6), (red.Count(one => one.IsSuccessStatusCode), red.Count(one => one.StatusCode == HttpStatusCode.TooManyRequests)));
        Assert.Equal((2, 1), (blue.Count(one => one.IsSuccessStatusCode), blue.Count(one => one.StatusCode == HttpStatusCode.TooManyRequests)));
    }

    [Fact]
    public async Task Start_WhatCannotBe_IsRefused()
    {
        var store = new TenantStore(_folder.PathOf("tenants"));
        foreach ((LlocoServerOptions options, TenantStore? tenants, string said) in new (LlocoServerOptions, TenantStore?, string)[]
        {
            (new() { ApiKeys = [Red.Kept] }, null, "--tenants"), (new(), store, "--new-key"),
            (new() { ApiKeys = [Red.Kept with { Tenant = "Red!" }] }, store, "'Red!'"),
            (new() { ApiKeys = [Red.Kept], Quotas = new Dictionary<string, TenantQuota> { ["red"] = new() { MaxTokens = -1 } } }, store, "MaxTokens"),
        })
        {
            LlocoException refused = await Assert.ThrowsAsync<LlocoException>(() => TestServer.StartAsync(options, tenants: tenants));
            Assert.Contains(said, refused.Message);
        }
    }

    private static (LlocoApiKey Kept, string Key) Bind((LlocoApiKey Kept, string Key) made, string tenant) =>
        (made.Kept with { Tenant = tenant }, made.Key);

    private static string Encode(string id) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(id));

    private static async Task<string> StripAsync(HttpResponseMessage response, string id) => (int)response.StatusCode
        + (await response.Content.ReadAsStringAsync(Token)).Replace(id, "ID", StringComparison.Ordinal).Replace(Encode(id), "ID", StringComparison.Ordinal);

    private static Task<HttpResponseMessage> SendAsync(TestServer server, string key, HttpMethod method, string path, object? body = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return server.Http.SendAsync(request, Token);
    }

    private static Task<HttpResponseMessage> PostAsync(TestServer server, string key, string path, object body) =>
        SendAsync(server, key, HttpMethod.Post, path, body);

    private static async Task<JsonElement> AddAsync(TestServer server, string key, string id, string text)
    {
        using HttpResponseMessage response = await PostAsync(server, key, Documents, new { id, text });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Token));
        return await response.Content.ReadFromJsonAsync<JsonElement>(Token);
    }

    private static async Task<string> MetricsAsync(TestServer server, string key) =>
        await (await SendAsync(server, key, HttpMethod.Get, "/metrics")).Content.ReadAsStringAsync(Token);

    /// <summary>An answer without ids, times and seconds.</summary>
    private static async Task<string> AnswerAsync(TestServer server, string key, string path, object body)
    {
        using HttpResponseMessage response = await PostAsync(server, key, path, body);
        string text = await response.Content.ReadAsStringAsync(Token);
        text = System.Text.RegularExpressions.Regex.Replace(text, "\"(id|created|created_at|completed_at|first_token|total|seconds)\":(\"[^\"]*\"|[0-9.E-]+)", "\"$1\":0");
        return $"{(int)response.StatusCode} {text}";
    }

    private static Task<McpClient> ConnectAsync(TestServer server, string key) => McpClient.CreateAsync(
        new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri(server.Url, "mcp"),
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {key}" },
        }),
        PatientMcp.Options,
        cancellationToken: Token);

    private static Task<HttpResponseMessage> BeginAsync(TestServer server, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = JsonContent.Create(new { prompt = "mill?", stream = true, max_tokens = 300 }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }

    private Task<TestServer> StartAsync(string folder = "tenants", LlocoServerOptions? options = null, TenantPipelineOptions? open = null) =>
        TestServer.StartAsync(
            (options ?? new LlocoServerOptions()) with { ApiKeys = [Red.Kept, Blue.Kept, Operator.Kept] },
            tenants: new TenantStore(_folder.PathOf(folder)), open: open);
}
