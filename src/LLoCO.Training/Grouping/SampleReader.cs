using LLoCO.Core;
using LLoCO.Core.Index;

namespace LLoCO.Training.Grouping;

/// <summary>Reads what is compared of documents.</summary>
/// <param name="index">The index.</param>
/// <param name="options">What is compared, and how much of it is read.</param>
internal sealed class SampleReader(IRetrievalIndex index, GroupingOptions options)
{
    /// <summary>Reads a document of the index.</summary>
    /// <param name="record">The document, with all its parts.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The sample; <see langword="null"/> for a document that was removed meanwhile.</returns>
    public async Task<DocumentSample?> ReadAsync(DocumentRecord record, CancellationToken cancellationToken)
    {
        if (options.Evidence == GroupingEvidence.Embeddings)
        {
            // Of a document in parts, the first is taken for all.
            IReadOnlyList<Passage>? passages = await index.LoadPassagesAsync(record.Id, cancellationToken).ConfigureAwait(false);
            return passages is null
                ? null
                : new DocumentSample(
                    record.Id, record.Group, record.Tokens, new Dictionary<string, int>(), Mean([.. passages.Select(one => one.Vector)]));
        }

        string? text = await index.LoadWholeTextAsync(record.Id, cancellationToken).ConfigureAwait(false);
        return text is null ? null : Read(record.Id, record.Group, record.Tokens, text);
    }

    /// <summary>Counts the terms of a text.</summary>
    /// <param name="id">The document.</param>
    /// <param name="group">Its group.</param>
    /// <param name="tokens">Tokens of its text.</param>
    /// <param name="text">The text.</param>
    public DocumentSample Read(string id, string group, int tokens, string text)
    {
        string read = text.Length > options.MaxCharacters ? text[..options.MaxCharacters] : text;
        return new DocumentSample(
            id, group, tokens,
            SearchTerms.Extract(read).CountBy(term => term, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal), []);
    }

    /// <summary>Makes the mean of vectors.</summary>
    /// <param name="vectors">Vectors of one width; empty ones are passed over.</param>
    /// <returns>The mean of their unit vectors; empty where there is none.</returns>
    public static float[] Mean(IReadOnlyList<ReadOnlyMemory<float>> vectors)
    {
        float[] mean = [];
        foreach (ReadOnlyMemory<float> vector in vectors)
        {
            if (vector.Length == 0 || (mean.Length > 0 && vector.Length != mean.Length))
            {
                continue;
            }

            mean = mean.Length == 0 ? new float[vector.Length] : mean;
            float[] unit = VectorMath.Normalize(vector.Span);
            for (int i = 0; i < unit.Length; i++)
            {
                mean[i] += unit[i] / vectors.Count;
            }
        }

        return mean;
    }
}
