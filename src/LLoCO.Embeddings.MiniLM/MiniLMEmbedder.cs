using LLoCO.Core.Retrieval;
using LLoCO.Embeddings.MiniLM.Model;
using Microsoft.Extensions.AI;

namespace LLoCO.Embeddings.MiniLM;

/// <summary>
/// The sentence embedder all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0): texts to vectors of 384 numbers and length 1, for English.
/// </summary>
/// <remarks>
/// <para>As published: uncased WordPiece with accents stripped, at most 256 tokens (about 190 words) including the two around a text,
/// the rest is not read; the mean of the last layer over the text's tokens, normalized. Names of special tokens in a text, such as
/// <c>[SEP]</c>, stay text.</para>
/// <para>All objects with equal options share one model (90 MB of weights), which is loaded at the first use and stays loaded. Safe for
/// concurrent use. An index keeps the vectors of one embedder: ingest and ask with the same one.</para>
/// </remarks>
public sealed class MiniLMEmbedder : IPassageEmbedder, IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>The numbers of a vector.</summary>
    public const int Dimensions = 384;

    /// <summary>The most tokens of a text that are read.</summary>
    public const int MaxTokens = 256;

    private const string ModelId = "all-MiniLM-L6-v2";

    private static readonly EmbeddingGeneratorMetadata Metadata = new(
        "lloco", defaultModelId: ModelId, defaultModelDimensions: Dimensions);

    private readonly SharedModel _model;

    /// <summary>Creates an embedder with the default options.</summary>
    public MiniLMEmbedder()
        : this(new MiniLMOptions())
    {
    }

    /// <summary>Creates an embedder.</summary>
    /// <param name="options">How the model is run.</param>
    /// <exception cref="LLoCO.Core.LlocoException">An option is out of range.</exception>
    public MiniLMEmbedder(MiniLMOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        LLoCO.Core.Validation.OptionsFaults.ThrowIfAny(options, "embedder's options");
        _model = SharedModel.For(options);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ReadOnlyMemory<float>>> EmbedAsync(
        IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        (float[][] vectors, _) = await _model.EmbedAsync(texts, cancellationToken).ConfigureAwait(false);
        return [.. vectors.Select(vector => new ReadOnlyMemory<float>(vector))];
    }

    /// <inheritdoc/>
    /// <remarks>Of the options, <c>ModelId</c> and <c>Dimensions</c> may be the model's own.</remarks>
    /// <exception cref="NotSupportedException">The options ask for another model or another number of dimensions.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options is { Dimensions: not (null or Dimensions) })
        {
            throw new NotSupportedException($"The model gives {Dimensions} dimensions, not {options.Dimensions}. Leave the option out.");
        }

        if (options is { ModelId: not (null or ModelId) })
        {
            throw new NotSupportedException($"The model is {ModelId}, not '{options.ModelId}'. Leave the option out.");
        }

        (float[][] vectors, int tokens) = await _model.EmbedAsync([.. values], cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        return new GeneratedEmbeddings<Embedding<float>>(
            vectors.Select(vector => new Embedding<float>(vector) { ModelId = ModelId, CreatedAt = now }))
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? Metadata
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    /// <summary>Does nothing: the model is shared.</summary>
    public void Dispose()
    {
    }
}
