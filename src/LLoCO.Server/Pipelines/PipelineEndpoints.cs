using LLoCO.Core;
using LLoCO.Server.Answers;
using LLoCO.Server.Documents;
using LLoCO.Server.Files;

namespace LLoCO.Server.Pipelines;

/// <summary>What the endpoints do with one pipeline.</summary>
/// <param name="pipeline">The pipeline.</param>
/// <param name="options">The server's options.</param>
/// <param name="embedder">The name of the embedding model; <see langword="null"/> where there is none.</param>
internal sealed class PipelineEndpoints(LlocoPipeline pipeline, LlocoServerOptions options, string? embedder = null)
{
    /// <summary>Gets the pipeline.</summary>
    public LlocoPipeline Pipeline => pipeline;

    /// <summary>Gets its documents.</summary>
    public DocumentShelf Shelf { get; } = new(pipeline);

    /// <summary>Gets its answers.</summary>
    public AnswerEndpoint Answers { get; } = new(pipeline, options, embedder);

    /// <summary>Gets the endpoints of documents.</summary>
    public DocumentEndpoint Documents { get; } = new(pipeline, new DocumentShelf(pipeline));

    /// <summary>Gets the endpoints of files.</summary>
    public FileEndpoint Files { get; } = new(new DocumentShelf(pipeline));
}
