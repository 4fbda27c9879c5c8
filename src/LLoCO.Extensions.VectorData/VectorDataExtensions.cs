using LLoCO.Core.Index;
using LLoCO.Core.Retrieval;
using Microsoft.Extensions.VectorData;

namespace LLoCO.Extensions.VectorData;

/// <summary>An index as vector store.</summary>
public static class VectorDataExtensions
{
    /// <summary>Lets code that is written for <see cref="VectorStoreCollection{TKey, TRecord}"/> read the passages of an
    /// index.</summary>
    /// <param name="index">The index, such as <c>pipeline.Index</c>; stays the caller's.</param>
    /// <param name="group">Only documents of this group; all with <see langword="null"/>.</param>
    /// <param name="embedder">Computes the vectors of texts that are searched for; the one that the passages were put in with. Without
    /// one, a search must bring its vector.</param>
    /// <returns>The collection; safe for concurrent use.</returns>
    public static IndexedPassages AsPassageCollection(
        this IRetrievalIndex index, string? group = null, IPassageEmbedder? embedder = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        return new IndexedPassages(index, group, embedder);
    }

    /// <summary>Gives an index as a store that has a collection for each group.</summary>
    /// <param name="index">The index; stays the caller's.</param>
    /// <param name="embedder">As in <see cref="AsPassageCollection"/>.</param>
    /// <returns>The store. Its collections have keys of type <see cref="string"/> and records of type
    /// <see cref="PassageRecord"/>; others are refused.</returns>
    public static VectorStore AsVectorStore(this IRetrievalIndex index, IPassageEmbedder? embedder = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        return new IndexVectorStore(index, embedder);
    }
}
