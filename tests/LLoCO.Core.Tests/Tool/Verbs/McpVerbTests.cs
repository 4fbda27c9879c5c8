using LLoCO.Core.Tests.Server;
using LLoCO.Tool;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Xunit;

namespace LLoCO.Core.Tests.Tool.Verbs;

/// <summary><c>lloco mcp</c> as agents start it: a program whose standard input and output speak the protocol.</summary>
public sealed class McpVerbTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lloco-mcp-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Mcp_StartedByAClient_AnswersFromWhatItIngests()
    {
        var transport = new StdioClientTransport(new StdioClientTransportOptions
        {
            Command = ChildProcess.DotNet,
            Arguments = [typeof(LlocoTool).Assembly.Location, "mcp", "--index", Path.Combine(_folder, "notes.db")],
            EnvironmentVariables = new Dictionary<string, string?> { ["OMP_NUM_THREADS"] = "1" },
            ShutdownTimeout = TimeSpan.FromMinutes(2),
        });
        await using McpClient client = await McpClient.CreateAsync(transport, PatientMcp.Options, cancellationToken: Token);
        CallToolResult added = await client.CallToolAsync(
            "ingest",
            new Dictionary<string, object?> { ["id"] = "log.txt", ["text"] = "The captain was Mara Quill. The cargo was salt.", ["group"] = "ship" },
            cancellationToken: Token);
        CallToolResult answer = await client.CallToolAsync(
            "ask", new Dictionary<string, object?> { ["question"] = "Who was the captain?" }, cancellationToken: Token);

        Assert.NotEqual(true, added.IsError);
        Assert.Equal("log.txt", answer.StructuredContent!.Value.GetProperty("sources")[0].GetProperty("document").GetString());
        Assert.Equal("log.txt", Assert.Single(await client.ListResourcesAsync(cancellationToken: Token)).Name);
    }

    [Fact]
    public async Task Mcp_WithoutIndex_IsWrongUsage() => Assert.Equal(2, (await ToolRun.OfAsync("mcp")).Code);
}
