using System.Diagnostics;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Extensions.AI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace LLoCO.Core.Tests.ExtensionsAI;

/// <summary>The client behind what applications put in front of any client.</summary>
public sealed class ChatMiddlewareTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UseFunctionInvocation_ToolsIgnored_AnswersWithoutThem()
    {
        await using FakePipeline fake = await CreateAsync();
        using IChatClient client = fake.Pipeline.AsChatClient(new LlocoChatOptions { IgnoresTools = true })
            .AsBuilder().UseFunctionInvocation().Build();
        int called = 0;

        ChatResponse response = await client.GetResponseAsync(
            "Mara", new ChatOptions { Tools = [AIFunctionFactory.Create(() => called++, "count")] }, Token);

        Assert.Equal(("[heron|ship]", 0), (response.Text, called));
    }

    [Fact]
    public async Task UseOpenTelemetry_Question_IsTracedWithItsTokens()
    {
        string source = $"chat {Guid.NewGuid()}";
        var seen = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = one => one.Name == source,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = seen.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using FakePipeline fake = await CreateAsync();
        using IChatClient client = fake.Pipeline.AsChatClient().AsBuilder().UseOpenTelemetry(sourceName: source).Build();

        ChatResponse response = await client.GetResponseAsync("Mara", cancellationToken: Token);

        Activity activity = Assert.Single(seen);
        Assert.Equal("chat lloco", activity.DisplayName);
        Assert.Equal((int)response.Usage!.OutputTokenCount!, activity.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Equal("lloco", activity.GetTagItem("gen_ai.provider.name"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task UseDistributedCache_SameQuestion_IsDecodedOnceAndKeepsItsSources(bool streamed)
    {
        await using FakePipeline fake = await CreateAsync();
        IDistributedCache cache = new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions()));
        using IChatClient client = fake.Pipeline.AsChatClient().AsBuilder().UseDistributedCache(cache).Build();

        ChatResponse first = await AskAsync(client, streamed);
        ChatResponse second = await AskAsync(client, streamed);

        Assert.Equal(1, fake.Decoder.Started);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(first.Usage!.CachedInputTokenCount, second.Usage!.CachedInputTokenCount);
        Assert.Contains(
            second.Messages.SelectMany(message => message.Contents),
            content => content.Annotations is [CitationAnnotation { FileId: "heron" }]);
        Assert.Equal("ship", second.Messages[0].AdditionalProperties!["group"]?.ToString());
    }

    [Fact]
    public async Task AddLlocoChatClient_Services_GiveAClientOverTheirPipeline()
    {
        var compressor = new CountingCompressor();
        await using ServiceProvider provider = new ServiceCollection()
            .AddLloco(builder => builder.UseTokenizer(new CharacterTokenizer()).UseCompressor(compressor)
                .UseDecoder(new EchoDecoder(compressor.Fingerprint)))
            .AddLlocoChatClient(new LlocoChatOptions { Ask = new AskOptions { Context = ContextMode.None } })
            .BuildServiceProvider();

        var client = provider.GetRequiredService<IChatClient>();

        Assert.Same(provider.GetRequiredService<LlocoPipeline>(), client.GetService<LlocoPipeline>());
        Assert.Equal("[|base]", (await client.GetResponseAsync("why", cancellationToken: Token)).Text);
    }

    private static Task<ChatResponse> AskAsync(IChatClient client, bool streamed) => streamed
        ? client.GetStreamingResponseAsync("Mara", cancellationToken: Token).ToChatResponseAsync(Token)
        : client.GetResponseAsync("Mara", cancellationToken: Token);

    private static async Task<FakePipeline> CreateAsync()
    {
        FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(new SourceDocument("heron", "Mara Quill steered the Heron.", "ship"));
        return fake;
    }
}
