using System.Collections.Concurrent;

namespace LLoCO.Embeddings.MiniLM.Model;

/// <summary>The model, once for all embedders with the same options.</summary>
internal sealed class SharedModel
{
    private static readonly ConcurrentDictionary<MiniLMOptions, SharedModel> Known = new();
    private static readonly Lazy<WordPieces> Pieces = new(() => WordPieces.Load(ModelResource.Open(ModelResource.Vocabulary)));

    private readonly MiniLMOptions _options;
    private readonly Lazy<EncoderSession> _session;

    private SharedModel(MiniLMOptions options)
    {
        _options = options;
        _session = new Lazy<EncoderSession>(() => EncoderSession.Load(ModelResource.Open(ModelResource.Weights), options.Threads));
    }

    /// <summary>Finds the model of some options.</summary>
    /// <param name="options">The options.</param>
    public static SharedModel For(MiniLMOptions options) => Known.GetOrAdd(options, key => new SharedModel(key));

    /// <summary>Embeds texts.</summary>
    /// <param name="texts">The texts; none is <see langword="null"/>.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <returns>A vector per text, in order, and the tokens read.</returns>
    public Task<(float[][] Vectors, int Tokens)> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            ArgumentNullException.ThrowIfNull(texts[i], $"{nameof(texts)}[{i}]");
        }

        return Task.Run(() => Embed(texts, cancellationToken), cancellationToken);
    }

    private (float[][] Vectors, int Tokens) Embed(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        int[][] sequences = [.. texts.Select(text => Pieces.Value.Encode(text, MiniLMEmbedder.MaxTokens))];
        var vectors = new float[texts.Count][];

        // A batch takes as long as its longest text for each: neighbours in length waste least.
        int[] byLength = [.. Enumerable.Range(0, texts.Count).OrderBy(i => sequences[i].Length)];
        foreach (int[] batch in byLength.Chunk(_options.BatchTexts))
        {
            cancellationToken.ThrowIfCancellationRequested();
            float[][] made = _session.Value.Run([.. batch.Select(i => sequences[i])]);
            for (int i = 0; i < batch.Length; i++)
            {
                vectors[batch[i]] = made[i];
            }
        }

        return (vectors, sequences.Sum(sequence => sequence.Length));
    }
}
