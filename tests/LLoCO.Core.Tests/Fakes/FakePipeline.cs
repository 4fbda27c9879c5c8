using LLoCO.Core.Index;
using Xunit;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>A pipeline of fakes around a real index.</summary>
internal sealed class FakePipeline : IAsyncDisposable
{
    private FakePipeline(CountingCompressor compressor, EchoDecoder decoder, IRetrievalIndex index, LlocoPipeline pipeline)
    {
        Compressor = compressor;
        Decoder = decoder;
        Index = index;
        Pipeline = pipeline;
    }

    public CountingCompressor Compressor { get; }

    public EchoDecoder Decoder { get; }

    public IRetrievalIndex Index { get; }

    public LlocoPipeline Pipeline { get; }

    public static async Task<FakePipeline> CreateAsync(
        Func<ModelFingerprint, EchoDecoder>? decoder = null,
        IRetrievalIndex? index = null,
        Action<LlocoPipelineBuilder>? configure = null)
    {
        var compressor = new CountingCompressor();
        EchoDecoder made = decoder?.Invoke(compressor.Fingerprint) ?? new EchoDecoder(compressor.Fingerprint, "ship", "town");
        index ??= new InMemoryRetrievalIndex();
        LlocoPipelineBuilder builder = LlocoPipeline.CreateBuilder()
            .UseTokenizer(new CharacterTokenizer())
            .UseCompressor(compressor)
            .UseDecoder(made)
            .UseIndex(index)
            .UsePrompt("Q {question} A");
        configure?.Invoke(builder);
        LlocoPipeline pipeline = await builder.BuildAsync(TestContext.Current.CancellationToken);
        return new FakePipeline(compressor, made, index, pipeline);
    }

    public async Task<IReadOnlyList<IngestResult>> IngestAsync(params SourceDocument[] documents)
    {
        var results = new List<IngestResult>();
        await foreach (IngestResult result in Pipeline.IngestAsync(documents, null, TestContext.Current.CancellationToken))
        {
            results.Add(result);
        }

        return results;
    }

    public Task<LlocoAnswer> AskAsync(string question, AskOptions? options = null) =>
        Pipeline.AskAsync(question, options, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Pipeline.DisposeAsync();
        await Index.DisposeAsync();
    }
}
