using LLoCO.Core;
using LLoCO.Core.Retrieval;
using Microsoft.Extensions.AI;

namespace LLoCO.Extensions.VectorData.Passages;

/// <summary>The dense vector of what is searched for.</summary>
internal static class SearchVector
{
    /// <summary>Takes or computes the vector.</summary>
    /// <param name="value">A vector, or a text.</param>
    /// <param name="embedder">Embeds texts; may be <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="NotSupportedException">The value is neither, or there is nothing to embed it with.</exception>
    public static async Task<ReadOnlyMemory<float>> MakeAsync(object value, IPassageEmbedder? embedder, CancellationToken cancellationToken) =>
        value switch
        {
            ReadOnlyMemory<float> vector => vector,
            float[] vector => vector,
            Embedding<float> embedding => embedding.Vector,
            string text when embedder is not null => (await embedder.EmbedAsync([text], cancellationToken).ConfigureAwait(false))[0],
            string => throw new NotSupportedException(
                $"A text can only be searched for with an embedder. Name the one of the index ({nameof(VectorDataExtensions.AsPassageCollection)})."),
            _ => throw new NotSupportedException("Search for a text or a vector of 32-bit floats; other values have no vector."),
        };

    /// <summary>Computes the cosine similarity to a record, -1 to 1.</summary>
    /// <param name="question">The vector searched for, of any length above 0.</param>
    /// <param name="record">The record's vector, of length 1.</param>
    /// <exception cref="LlocoException">They have another number of dimensions.</exception>
    public static double Compare(ReadOnlySpan<float> question, ReadOnlySpan<float> record)
    {
        if (question.Length != record.Length)
        {
            throw new LlocoException(
                $"The vector has {question.Length} numbers, those in the index have {record.Length}. Use the embedder of the index.");
        }

        double product = 0;
        double length = 0;
        for (int i = 0; i < question.Length; i++)
        {
            product += (double)question[i] * record[i];
            length += (double)question[i] * question[i];
        }

        return length == 0 ? 0 : product / Math.Sqrt(length);
    }
}
