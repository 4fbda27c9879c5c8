using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using LLoCO.Server;
using Xunit;

namespace LLoCO.Core.Tests.Server;

/// <summary><c>/v1/messages</c>, used by Anthropic's own client. The order of events is that of Anthropic's reference
/// (https://docs.anthropic.com/en/docs/build-with-claude/streaming).</summary>
public sealed class AnthropicClientTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private TestServer Server => fixture.Server;

    [Fact]
    public async Task Message_Question_IsAnsweredWithItsSourceAsCitation()
    {
        using AnthropicClient client = Client(Server, "none");
        Message answer = await client.Messages.Create(Question(40) with { System = "Be brief." }, Token);

        Assert.True(Assert.Single(answer.Content).TryPickText(out TextBlock? text));
        Assert.Equal("[heron|ship]", text.Text);
        Assert.Equal(("end_turn", "lloco"), (answer.StopReason!.Raw(), answer.Model.Raw()));
        Assert.Contains("Be brief.", Server.Fake.Decoder.LastPrompt);
        Assert.Equal((12L, 15L), (answer.Usage.CacheReadInputTokens, answer.Usage.OutputTokens));
        Assert.True(Assert.Single(text.Citations!).TryPickCitationCharLocation(out CitationCharLocation? cited));
        Assert.Equal(("heron", TestServer.Story, 0L, (long)TestServer.Story.Length), (
            cited.DocumentTitle, cited.CitedText, cited.StartCharIndex, cited.EndCharIndex));
    }

    [Fact]
    public async Task Message_ThatIsCut_SaysSo()
    {
        using AnthropicClient client = Client(Server, "none");
        Message answer = await client.Messages.Create(Question(3), Token);

        Assert.Equal("max_tokens", answer.StopReason!.Raw());
    }

    [Fact]
    public async Task Message_Streamed_ComesInTheOrderOfTheProtocol()
    {
        using AnthropicClient client = Client(Server, "none");
        var kinds = new List<string>();
        string text = string.Empty;
        long tokens = 0;

        await foreach (RawMessageStreamEvent one in client.Messages.CreateStreaming(Question(40), Token))
        {
            string kind = one.Json.GetProperty("type").GetString()!;
            if (kinds.LastOrDefault() != kind)
            {
                kinds.Add(kind);
            }

            if (one.TryPickContentBlockDelta(out RawContentBlockDeltaEvent? delta) && delta.Delta.TryPickText(out TextDelta? piece))
            {
                text += piece.Text;
            }

            tokens = one.TryPickDelta(out RawMessageDeltaEvent? end) ? end.Usage.OutputTokens : tokens;
        }

        Assert.Equal(
            ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"],
            kinds.Where(kind => kind != "ping"));
        Assert.Equal(("[heron|ship]", 15L), (text, tokens));
    }

    [Fact]
    public async Task Message_Refused_ReachesTheClientAsItsError()
    {
        using AnthropicClient client = Client(Server, "none");
        var error = await Assert.ThrowsAsync<AnthropicNotFoundException>(
            () => client.Messages.Create(Question(40) with { Model = "claude-9" }, Token));

        Assert.Contains("claude-9", error.Message);
        Assert.Contains("not_found_error", error.Message);
    }

    [Fact]
    public async Task Message_Key_IsReadFromItsOwnHeader()
    {
        (LlocoApiKey kept, string key) = LlocoApiKey.Create("town", "town");
        await using TestServer server = await TestServer.StartAsync(new LlocoServerOptions { ApiKeys = [kept] });
        using AnthropicClient good = Client(server, key);
        using AnthropicClient bad = Client(server, "none");

        Message answer = await good.Messages.Create(Question(40, "Where is the mill?"), Token);

        Assert.True(answer.Content[0].TryPickText(out TextBlock? text));
        Assert.Equal("[mill|town]", text.Text);
        await Assert.ThrowsAsync<AnthropicUnauthorizedException>(() => bad.Messages.Create(Question(40), Token));
    }

    private static AnthropicClient Client(TestServer server, string key) => new(new ClientOptions
    {
        BaseUrl = server.Url.ToString().TrimEnd('/'), ApiKey = key, MaxRetries = 0,
    });

    private static MessageCreateParams Question(long most, string text = "Who was captain?") => new()
    {
        Model = "lloco", MaxTokens = most, Messages = [new UserMessageParam { Content = text }],
    };
}
