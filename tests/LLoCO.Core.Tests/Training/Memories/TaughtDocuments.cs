using LLoCO.Core.Compression;
using LLoCO.Training.Memories;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Core.Tests.Training.Memories;

/// <summary>Two short documents as key/value memories, and questions about them.</summary>
internal static class TaughtDocuments
{
    public static readonly string[] Ids = ["log.txt", "town.txt"];

    public static StudyPair[] Pairs() =>
    [
        new(Ids[0], "facts", "What did the captain see?", "the storm", 0, 26),
        new(Ids[0], "facts", "Where was the storm?", "near the cape", 27, 40),
        new(Ids[0], "facts", "When was a boat lost?", "at night", 60, 30),
        new(Ids[1], "facts", "What did the mayor open?", "the market", 0, 20),
        new(Ids[1], "facts", "Who saw the captain?", "the mayor", 28, 20),
        new(Ids[0], "facts", "What was lost at night?", "a boat", 60, 30),
        new(Ids[1], "facts", "Who opened the market?", "the mayor", 0, 20),
    ];

    /// <summary>Compresses the documents into an index.</summary>
    /// <param name="model">The model's folder.</param>
    /// <param name="index">The index file.</param>
    /// <param name="options">The memories.</param>
    /// <param name="token">Cancels.</param>
    /// <param name="adapters">Adapters to add, by name.</param>
    /// <param name="groups">The documents' groups.</param>
    public static async Task<LlocoPipeline> OpenAsync(
        string model, string index, KeyValueMemoryOptions options, CancellationToken token,
        IReadOnlyDictionary<string, string>? adapters = null, params string[] groups)
    {
        LlocoPipelineBuilder builder = LlocoPipeline.CreateBuilder()
            .UseCheckpoint(model)
            .UseIndex(index)
            .UseStorage(SummaryEncoding.Float32)
            .UseKeyValueMemory(options);
        foreach ((string name, string folder) in adapters ?? new Dictionary<string, string>())
        {
            builder.AddAdapter(name, folder);
        }

        LlocoPipeline pipeline = await builder.BuildAsync(token);
        string[] texts =
        [
            "The captain saw the storm. The captain saw the storm again near the cape. A boat was lost at night.",
            "The mayor opened the market. The mayor saw the captain at the market in the morning.",
        ];
        SourceDocument[] documents = [.. texts.Select((text, i) => new SourceDocument(Ids[i], text, groups.ElementAtOrDefault(i) ?? SourceDocument.DefaultGroup))];
        await foreach (IngestResult result in pipeline.IngestAsync(documents, null, token))
        {
            result.EnsureSuccess();
        }

        return pipeline;
    }

    public static async Task<SummaryEmbeddings[]> LoadAsync(LlocoPipeline pipeline, CancellationToken token) =>
        [(await pipeline.Index.LoadSummaryAsync(Ids[0], token))!, (await pipeline.Index.LoadSummaryAsync(Ids[1], token))!];
}
