using System.Runtime.CompilerServices;
using LLoCO.Core.Index;
using LLoCO.Core.Retrieval;
using LLoCO.Extensions.VectorData.Passages;
using Microsoft.Extensions.VectorData;

namespace LLoCO.Extensions.VectorData;

/// <summary>An index as a store with a collection for each group.</summary>
/// <param name="index">The index.</param>
/// <param name="embedder">Computes the vectors of texts that are searched for, if any.</param>
internal sealed class IndexVectorStore(IRetrievalIndex index, IPassageEmbedder? embedder) : VectorStore
{
    private static readonly VectorStoreMetadata Metadata = new() { VectorStoreSystemName = Failures.SystemName };

    /// <inheritdoc/>
    public override VectorStoreCollection<TKey, TRecord> GetCollection<TKey, TRecord>(
        string name, VectorStoreCollectionDefinition? definition = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return definition is null && new IndexedPassages(index, name, embedder) is VectorStoreCollection<TKey, TRecord> collection
            ? collection
            : throw new NotSupportedException(
                $"A collection of this store has keys of type string, records of type {nameof(PassageRecord)} and no other definition.");
    }

    /// <inheritdoc/>
    public override VectorStoreCollection<object, Dictionary<string, object?>> GetDynamicCollection(
        string name, VectorStoreCollectionDefinition definition) => throw new NotSupportedException(
        $"Dynamic records are not supported. Take a collection with keys of type string and records of type {nameof(PassageRecord)}.");

    /// <inheritdoc/>
    public override async IAsyncEnumerable<string> ListCollectionNamesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (DocumentRecord document in index.ListAsync(null, cancellationToken).ConfigureAwait(false))
        {
            if (seen.Add(document.Group))
            {
                yield return document.Group;
            }
        }
    }

    /// <inheritdoc/>
    public override async Task<bool> CollectionExistsAsync(string name, CancellationToken cancellationToken = default)
    {
        using var collection = new IndexedPassages(index, name, embedder);
        return await collection.CollectionExistsAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task EnsureCollectionDeletedAsync(string name, CancellationToken cancellationToken = default)
    {
        using var collection = new IndexedPassages(index, name, embedder);
        await collection.EnsureCollectionDeletedAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreMetadata) ? Metadata
            : serviceType.IsInstanceOfType(index) ? index
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }
}
