using LLoCO.Core.Tests.Fakes;
using LLoCO.Extensions.AI;
using Microsoft.Extensions.AI;
using Xunit;

namespace LLoCO.Core.Tests.ExtensionsAI;

public sealed class LlocoChatClientTests
{
    private const string Story = "The captain of the Heron was Mara Quill. She liked rain.";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetResponseAsync_Question_IsAnsweredWithUsageFinishAndIds()
    {
        await using FakePipeline fake = await CreateAsync();
        using IChatClient client = fake.Pipeline.AsChatClient();

        ChatResponse response = await client.GetResponseAsync("Who was captain?", cancellationToken: Token);

        Assert.Equal("[heron|ship]", response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal(("lloco", 32), (response.ModelId, response.ResponseId!.Length));
        var answer = Assert.IsType<LlocoAnswer>(response.RawRepresentation);
        Assert.Equal(answer.Tokens.Summary, response.Usage!.CachedInputTokenCount);
        Assert.Equal(answer.Tokens.Summary + "Q Who was captain? A".Length, response.Usage.InputTokenCount);
        Assert.Equal(answer.Tokens.Generated, response.Usage.OutputTokenCount);
        Assert.Equal(Story.Length, response.Usage.AdditionalCounts!["document_tokens"]);
        Assert.Equal("ship", response.AdditionalProperties!["adapter"]);
    }

    [Fact]
    public async Task GetResponseAsync_Sources_AreCitationsWithOffsets()
    {
        await using FakePipeline fake = await CreateAsync(new EchoOptions { Answer = " Mara Quill " });

        ChatResponse response = await fake.Pipeline.AsChatClient().GetResponseAsync("Who was captain?", cancellationToken: Token);

        var citation = Assert.IsType<CitationAnnotation>(Assert.Single(
            response.Messages.SelectMany(message => message.Contents).SelectMany(content => content.Annotations ?? [])));
        Assert.Equal("heron", citation.FileId);
        int start = (int)citation.AdditionalProperties!["start"]!;
        int end = (int)citation.AdditionalProperties["end"]!;
        Assert.Equal(Story[start..end], citation.Snippet);
        var region = Assert.IsType<TextSpanAnnotatedRegion>(Assert.Single(citation.AnnotatedRegions!));
        Assert.Equal("Mara Quill", response.Text[region.StartIndex!.Value..region.EndIndex!.Value]);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_Pieces_AreTheResponse()
    {
        await using FakePipeline fake = await CreateAsync();
        using IChatClient client = fake.Pipeline.AsChatClient();
        var updates = new List<ChatResponseUpdate>();

        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("Who was captain?", cancellationToken: Token))
        {
            updates.Add(update);
        }

        Assert.True(updates.Count > 3);
        Assert.Single(updates.Select(update => update.ResponseId).Distinct());
        Assert.Single(updates, update => update.FinishReason is not null);
        ChatResponse whole = updates.ToChatResponse();
        ChatResponse asked = await client.GetResponseAsync("Who was captain?", cancellationToken: Token);
        Assert.Equal(asked.Text, whole.Text);
        Assert.Equal(asked.Usage!.InputTokenCount, whole.Usage!.InputTokenCount);
        Assert.Equal(asked.Usage.CachedInputTokenCount, whole.Usage.CachedInputTokenCount);
        Assert.Contains(whole.Messages[0].Contents, content => content.Annotations is [CitationAnnotation { FileId: "heron" }]);
        Assert.NotEqual(asked.ResponseId, whole.ResponseId);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_Cancelled_StopsTheDecoder()
    {
        await using FakePipeline fake = await CreateAsync();
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate _ in fake.Pipeline.AsChatClient()
                .GetStreamingResponseAsync("Who was captain?", cancellationToken: stop.Token))
            {
                await stop.CancelAsync();
            }
        });
        Assert.Equal((1, 1), (fake.Decoder.Started, fake.Decoder.Ended));
    }

    [Fact]
    public async Task GetResponseAsync_Options_ReachTheDecoder()
    {
        await using FakePipeline fake = await CreateAsync();
        var options = new ChatOptions
        {
            ModelId = "town", MaxOutputTokens = 9, Temperature = 0.5f, TopK = 4, TopP = 0.25f, Seed = 11, StopSequences = ["|"],
        };

        ChatResponse response = await fake.Pipeline.AsChatClient().GetResponseAsync("Who was captain?", options, Token);

        Assert.Equal(("[heron", "town"), (response.Text, response.ModelId));
        GenerationOptions generation = fake.Decoder.LastRequest!.Options;
        Assert.Equal((9, 0.5, 4, 0.25, 11), (
            generation.MaxNewTokens, generation.Temperature, generation.TopK, generation.TopP, generation.Seed));
        Assert.Equal(["|"], generation.StopStrings);
        Assert.Equal("town", fake.Decoder.LastRequest.Adapter);
    }

    [Fact]
    public async Task GetResponseAsync_LimitReached_FinishesByLength()
    {
        await using FakePipeline fake = await CreateAsync();

        ChatResponse response = await fake.Pipeline.AsChatClient()
            .GetResponseAsync("Who was captain?", new ChatOptions { MaxOutputTokens = 3 }, Token);

        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal(3, response.Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task GetResponseAsync_RawOptions_ReplaceTheDefaults()
    {
        await using FakePipeline fake = await CreateAsync();
        var options = new ChatOptions { RawRepresentationFactory = _ => new AskOptions { Group = "nowhere" } };

        LlocoException refused = await Assert.ThrowsAsync<LlocoException>(
            () => fake.Pipeline.AsChatClient().GetResponseAsync("Who was captain?", options, Token));

        Assert.Contains("'nowhere'", refused.Message);
    }

    public static TheoryData<string, ChatOptions> Refused() => new()
    {
        { "FrequencyPenalty", new ChatOptions { FrequencyPenalty = 1 } },
        { "PresencePenalty", new ChatOptions { PresencePenalty = 1 } },
        { "Reasoning", new ChatOptions { Reasoning = new ReasoningOptions() } },
        { "ResponseFormat", new ChatOptions { ResponseFormat = ChatResponseFormat.Json } },
        { "ConversationId", new ChatOptions { ConversationId = "1" } },
        { "Tools", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "one")] } },
        { "ToolMode", new ChatOptions { ToolMode = ChatToolMode.RequireAny } },
        { "seed", new ChatOptions { Seed = 1L << 40 } },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task GetResponseAsync_WhatCannotBeHad_IsRefusedByName(string name, ChatOptions options)
    {
        await using FakePipeline fake = await CreateAsync();
        using IChatClient client = fake.Pipeline.AsChatClient();

        NotSupportedException refused = await Assert.ThrowsAsync<NotSupportedException>(
            () => client.GetResponseAsync("Who was captain?", options, Token));

        Assert.Contains(name, refused.Message);
        Assert.Throws<NotSupportedException>(
            () => client.GetStreamingResponseAsync("Who was captain?", options, Token));
        Assert.Equal(0, fake.Decoder.Started);
    }

    [Fact]
    public async Task GetResponseAsync_MessagesThatAreNoQuestion_AreRefused()
    {
        await using FakePipeline fake = await CreateAsync();
        using IChatClient client = fake.Pipeline.AsChatClient();

        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync([], cancellationToken: Token));
        await Assert.ThrowsAsync<ArgumentException>(
            () => client.GetResponseAsync([new(ChatRole.User, "a"), new(ChatRole.Assistant, "b")], cancellationToken: Token));
        NotSupportedException picture = await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync(
            new ChatMessage(ChatRole.User, [new DataContent(new byte[1], "image/png")]), cancellationToken: Token));
        Assert.Contains("picture", picture.Message);
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync(
            new ChatMessage(ChatRole.Tool, "a"), cancellationToken: Token));
    }

    [Fact]
    public async Task GetService_GivesMetadataPipelineAndItself()
    {
        await using FakePipeline fake = await CreateAsync();
        using IChatClient client = fake.Pipeline.AsChatClient(new LlocoChatOptions { ModelId = "notes" });

        Assert.Equal("notes", client.GetService<ChatClientMetadata>()!.DefaultModelId);
        Assert.Equal("lloco", client.GetService<ChatClientMetadata>()!.ProviderName);
        Assert.Same(fake.Pipeline, client.GetService<LlocoPipeline>());
        Assert.Same(client, client.GetService<IChatClient>());
        Assert.Null(client.GetService<IChatClient>("key"));
        Assert.Throws<LlocoException>(() => fake.Pipeline.AsChatClient(new LlocoChatOptions { ModelId = "" }));
    }

    private static async Task<FakePipeline> CreateAsync(EchoOptions? echo = null)
    {
        FakePipeline fake = await FakePipeline.CreateAsync(
            echo is null ? null : fingerprint => new EchoDecoder(fingerprint, "ship", "town") { Answer = _ => echo.Answer });
        await fake.IngestAsync(new SourceDocument("heron", Story, "ship"));
        return fake;
    }

    private sealed record EchoOptions
    {
        public required string Answer { get; init; }
    }
}
