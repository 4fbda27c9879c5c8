using System.IO.Pipelines;
using System.Text.Json;
using LLoCO.Server;
using Microsoft.Extensions.AI;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Xunit;

namespace LLoCO.Core.Tests.Server;

/// <summary>The Model Context Protocol, used by the client of its own package.</summary>
public sealed class McpTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Http_Tools_AnswerFindAddAndList()
    {
        await using TestServer server = await TestServer.StartAsync();
        await using McpClient client = await ConnectAsync(server, "none");
        await AssertToolsAsync(client);
    }

    [Fact]
    public async Task Streams_Tools_AnswerFindAddAndList()
    {
        await using TestServer server = await TestServer.StartAsync();
        var toServer = new Pipe();
        var toClient = new Pipe();
        Task serving = LlocoMcpServer.RunAsync(
            server.Fake.Pipeline, toServer.Reader.AsStream(), toClient.Writer.AsStream(), cancellationToken: Token);
        await using (McpClient client = await McpClient.CreateAsync(
            new StreamClientTransport(toServer.Writer.AsStream(), toClient.Reader.AsStream()), PatientMcp.Options, cancellationToken: Token))
        {
            Assert.Equal("lloco", client.ServerInfo?.Name);
            await AssertToolsAsync(client);
        }

        await toServer.Writer.CompleteAsync();
        await serving;
    }

    [Fact]
    public async Task Resources_AreTheTextsOfDocuments()
    {
        await using TestServer server = await TestServer.StartAsync();
        await server.Fake.IngestAsync(new SourceDocument("a/ü b.txt", "Rain fell.", "ship"));
        await using McpClient client = await ConnectAsync(server, "none");

        IList<McpClientResource> all = await client.ListResourcesAsync(cancellationToken: Token);
        McpClientResource own = all.Single(one => one.Name == "a/ü b.txt");
        ReadResourceResult text = await client.ReadResourceAsync(own.Uri, cancellationToken: Token);
        McpClientResourceTemplate template = Assert.Single(await client.ListResourceTemplatesAsync(cancellationToken: Token));
        McpException absent = await Assert.ThrowsAnyAsync<McpException>(
            () => client.ReadResourceAsync("lloco:///documents/none", cancellationToken: Token).AsTask());

        Assert.Equal(3, all.Count);
        Assert.Equal("Rain fell.", Assert.IsType<TextResourceContents>(Assert.Single(text.Contents)).Text);
        Assert.Equal("lloco:///documents/{id}", template.UriTemplate);
        Assert.Contains("lloco:///documents/none", absent.Message);
    }

    [Fact]
    public async Task Keys_BoundToGroups_SeeTheirsAlone()
    {
        (LlocoApiKey kept, string key) = LlocoApiKey.Create("town", "town");
        await using TestServer server = await TestServer.StartAsync(new LlocoServerOptions { ApiKeys = [kept] });
        await using McpClient client = await ConnectAsync(server, key);

        JsonElement list = await CallAsync(client, "list", []);
        JsonElement found = await CallAsync(client, "search", new() { ["query"] = "captain mill" });
        CallToolResult refused = await client.CallToolAsync(
            "ask", new Dictionary<string, object?> { ["question"] = "captain", ["group"] = "ship" }, cancellationToken: Token);

        Assert.Equal(["mill"], list.GetProperty("documents").EnumerateArray().Select(one => one.GetProperty("id").GetString()));
        Assert.Equal(["mill"], found.GetProperty("passages").EnumerateArray().Select(one => one.GetProperty("document").GetString()));
        Assert.True(refused.IsError);
        Assert.Contains("may not use that group", Assert.IsType<TextContentBlock>(refused.Content[0]).Text);
        Assert.Equal(["mill"], (await client.ListResourcesAsync(cancellationToken: Token)).Select(one => one.Name));
        await Assert.ThrowsAnyAsync<McpException>(
            () => client.ReadResourceAsync("lloco:///documents/heron", cancellationToken: Token).AsTask());
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(server, "other"));
    }

    private static async Task AssertToolsAsync(McpClient client)
    {
        IList<McpClientTool> tools = await client.ListToolsAsync(cancellationToken: Token);
        Assert.Equal(["ask", "ingest", "list", "search"], tools.Select(tool => tool.Name).Order(StringComparer.Ordinal));
        Assert.All(tools, tool => Assert.NotEmpty(tool.Description));

        JsonElement answer = await CallAsync(client, "ask", new() { ["question"] = "Who was captain?" });
        JsonElement found = await CallAsync(client, "search", new() { ["query"] = "captain", ["limit"] = 1 });
        var reports = new List<ProgressNotificationValue>();
        JsonElement added = await CallAsync(
            client, "ingest", new() { ["id"] = "log.txt", ["text"] = "Rain fell on the deck of it.", ["group"] = "ship" }, new Reports(reports));
        JsonElement list = await CallAsync(client, "list", new() { ["group"] = "ship" });
        CallToolResult wrong = await client.CallToolAsync("ask", new Dictionary<string, object?> { ["question"] = " " }, cancellationToken: Token);

        Assert.Equal("[heron|ship]", answer.GetProperty("answer").GetString());
        JsonElement source = answer.GetProperty("sources")[0];
        Assert.Equal((TestServer.Story, 0, TestServer.Story.Length), (
            source.GetProperty("text").GetString(), source.GetProperty("start").GetInt32(), source.GetProperty("end").GetInt32()));
        Assert.Equal("heron", found.GetProperty("passages")[0].GetProperty("document").GetString());
        Assert.Equal((28, 6), (added.GetProperty("tokens").GetInt32(), added.GetProperty("vectors").GetInt32()));
        Assert.Equal("lloco:///documents/log.txt", added.GetProperty("uri").GetString());
        Assert.Equal(["heron", "log.txt"], list.GetProperty("documents").EnumerateArray().Select(one => one.GetProperty("id").GetString()));
        CallToolResult misspelt = await client.CallToolAsync(
            "list", new Dictionary<string, object?> { ["grop"] = "ship" }, cancellationToken: Token);

        CallToolResult auto = await client.CallToolAsync(
            "ingest", new Dictionary<string, object?> { ["id"] = "b.txt", ["text"] = "Rain.", ["group"] = "auto" }, cancellationToken: Token);

        Assert.True(auto.IsError);
        Assert.Contains("auto is no group", Assert.IsType<TextContentBlock>(auto.Content[0]).Text);
        Assert.True(misspelt.IsError);
        Assert.Contains("grop is no argument of list. There are: group.", Assert.IsType<TextContentBlock>(misspelt.Content[0]).Text);
        Assert.True(wrong.IsError);
        Assert.Contains("question must not be empty", Assert.IsType<TextContentBlock>(wrong.Content[0]).Text);
    }

    private static async Task<JsonElement> CallAsync(
        McpClient client, string tool, Dictionary<string, object?> arguments, IProgress<ProgressNotificationValue>? progress = null)
    {
        CallToolResult result = await client.CallToolAsync(tool, arguments, progress, cancellationToken: Token);
        Assert.False(result.IsError == true, result.Content.OfType<TextContentBlock>().FirstOrDefault()?.Text);
        return result.StructuredContent!.Value;
    }

    private static Task<McpClient> ConnectAsync(TestServer server, string key) => McpClient.CreateAsync(
        new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri(server.Url, "mcp"),
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = "Bearer " + key },
        }),
        PatientMcp.Options,
        cancellationToken: Token);

    private sealed class Reports(List<ProgressNotificationValue> all) : IProgress<ProgressNotificationValue>
    {
        public void Report(ProgressNotificationValue value)
        {
            lock (all)
            {
                all.Add(value);
            }
        }
    }
}
