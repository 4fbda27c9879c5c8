using System.Text.Json;
using Xunit;

namespace LLoCO.Core.Tests.Server;

/// <summary>The endpoints, used by the npm packages of OpenAI and Anthropic (<c>TestData/clients</c>), whose accumulators throw where an
/// event is out of order.</summary>
[Trait("Category", "Slow")]
public sealed class NodeClientTests : IDisposable
{
    private static readonly Dictionary<string, string> NoVariables = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("lloco-npm-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Clients_SeeWhatTheirProtocolsSay()
    {
        await InstallAsync();
        await using TestServer server = await TestServer.StartAsync(embedder: new LengthGenerator());

        (int code, string output, string errors) = await ChildProcess.RunAsync(
            _folder, NoVariables, "node", "clients.mjs", server.Url.ToString().TrimEnd('/'));

        Assert.True(code == 0, errors);
        JsonElement seen = JsonDocument.Parse(output).RootElement;
        Assert.Equal("""["[heron|ship]","stop",15]""", Read("chat"));
        Assert.Equal("""["role,content","content","stop","usage"]""", Read("chatEvents"));
        Assert.Equal("\"[heron|ship]\"", Read("chatRunner"));
        Assert.Equal("""["[heron|ship]","completed","heron"]""", Read("response"));
        Assert.Equal(
            """["response.created","response.in_progress","response.output_item.added","response.content_part.added","response.output_text.delta","response.output_text.annotation.added","response.output_text.done","response.content_part.done","response.output_item.done","response.completed"]""",
            Read("responseEvents"));
        Assert.Equal("\"[heron|ship]\"", Read("responseRunner"));
        Assert.Equal("""["salt.txt","processed",3,"Salt lay under the deck."]""", Read("files"));
        Assert.Equal("true", Read("deleted"));
        Assert.Equal("""["lloco","ship","town","lengths"]""", Read("models"));
        Assert.Equal("[3,0.5]", Read("embedding"));
        Assert.Equal("""["NotFoundError","model_not_found"]""", Read("refused"));
        Assert.Equal("""["[heron|ship]","end_turn","heron"]""", Read("message"));
        Assert.Equal(
            """["message_start","content_block_start","content_block_delta","content_block_stop","message_delta","message_stop"]""",
            Read("messageEvents"));
        Assert.Equal("""["[heron|ship]",1,15]""", Read("messageRunner"));
        Assert.Equal("""["NotFoundError","not_found_error"]""", Read("messageRefused"));

        string Read(string name) => seen.GetProperty(name).GetRawText();
    }

    private async Task InstallAsync()
    {
        string source = Path.Combine(AppContext.BaseDirectory, "TestData", "clients");
        foreach (string file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
        }

        string reason = string.Empty;
        try
        {
            (int code, _, string errors) = await ChildProcess.RunAsync(_folder, NoVariables, "npm", "install", "--no-audit", "--no-fund");
            reason = code == 0 ? string.Empty : $"npm could not install the packages of TestData/clients: {errors}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            reason = "There is no node with npm. Install them (Debian: apt-get install nodejs npm).";
        }

        Assert.SkipWhen(reason.Length > 0, reason);
        Token.ThrowIfCancellationRequested();
    }
}
