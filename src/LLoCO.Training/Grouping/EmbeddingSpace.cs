using LLoCO.Core;

namespace LLoCO.Training.Grouping;

/// <summary>The mean vectors of documents without what all have in common, of length 1.</summary>
/// <remarks>Vectors of an embedder share a large part, which would make all documents alike.</remarks>
internal sealed class EmbeddingSpace : DocumentSpace
{
    private readonly float[] _mean;
    private readonly int[] _places;

    private EmbeddingSpace(float[] mean)
    {
        _mean = mean;
        _places = [.. Enumerable.Range(0, mean.Length)];
    }

    /// <inheritdoc/>
    public override int Width => _mean.Length;

    /// <summary>Finds what all documents have in common.</summary>
    /// <param name="documents">The documents.</param>
    /// <exception cref="LlocoException">A document has no vectors.</exception>
    public static EmbeddingSpace Create(IReadOnlyList<DocumentSample> documents)
    {
        if (documents.FirstOrDefault(document => document.Embedding.Length == 0) is { } bare)
        {
            throw new LlocoException(
                $"The document '{bare.Id}' has no dense vectors. Compare words, or ingest it with an embedder (UseEmbedder).");
        }

        float[] mean = new float[documents[0].Embedding.Length];
        foreach (DocumentSample document in documents)
        {
            for (int i = 0; i < mean.Length; i++)
            {
                mean[i] += document.Embedding[i] / documents.Count;
            }
        }

        return new EmbeddingSpace(mean);
    }

    /// <inheritdoc/>
    public override SparseVector Map(DocumentSample document)
    {
        if (document.Embedding.Length != _mean.Length)
        {
            throw new LlocoException($"The dense vectors of '{document.Id}' have {document.Embedding.Length} numbers, those of the "
                + $"index {_mean.Length}. Use the embedder that the index was made with.");
        }

        float[] values = [.. document.Embedding.Zip(_mean, (own, mean) => own - mean)];
        double length = Math.Sqrt(values.Sum(value => (double)value * value));
        return new SparseVector(_places, [.. values.Select(value => length > 0 ? (float)(value / length) : 0)]);
    }
}
