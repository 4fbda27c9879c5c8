using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using LLoCO.Core.Index;
using LLoCO.Core.Retrieval;
using LLoCO.Extensions.VectorData.Passages;
using Microsoft.Extensions.VectorData;

namespace LLoCO.Extensions.VectorData;

/// <summary>The passages of an index, or of one of its groups, as a vector store collection with keyword hybrid search.</summary>
/// <remarks>
/// <para>Passages belong to documents, which only an ingest can compress: <see cref="UpsertAsync(PassageRecord, CancellationToken)"/>
/// is refused, and a deletion must name all passages of a document, which it then deletes.</para>
/// <para>Vectors are compared by cosine similarity (the score), all of them, without an approximate index. A filter is any expression over
/// the record; a search with one reads every passage. In a hybrid search, the score is the mean of BM25 and
/// cosine similarity, each divided by the best one.</para>
/// <para>Failures of the index are a <see cref="VectorStoreException"/>. Disposing the collection does nothing: the index is the
/// caller's.</para>
/// </remarks>
public sealed class IndexedPassages : VectorStoreCollection<string, PassageRecord>, IKeywordHybridSearchable<PassageRecord>
{
    private readonly IRetrievalIndex _index;
    private readonly string? _group;
    private readonly IPassageEmbedder? _embedder;
    private readonly PassageReader _reader;

    internal IndexedPassages(IRetrievalIndex index, string? group, IPassageEmbedder? embedder)
    {
        (_index, _group, _embedder) = (index, group, embedder);
        _reader = new PassageReader(index, group);
    }

    /// <summary>Gets the name: the group, or <c>passages</c> for all.</summary>
    public override string Name => _group ?? "passages";

    /// <summary>Tells whether there is a document.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether the group has one; <see langword="true"/> for the whole index.</returns>
    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => _group is null
        ? Task.FromResult(true)
        : RunAsync(nameof(CollectionExistsAsync), async () =>
            await _index.ListAsync(_group, cancellationToken).AnyAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>Does nothing: a group begins with its first document.</summary>
    /// <param name="cancellationToken">Not used.</param>
    /// <returns>A finished task.</returns>
    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>Deletes all documents of the group, or of the index.</summary>
    /// <param name="cancellationToken">Checked between documents; those deleted stay so.</param>
    /// <returns>A task that ends when they are deleted.</returns>
    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default) =>
        RunAsync(nameof(EnsureCollectionDeletedAsync), async () =>
        {
            await foreach (DocumentRecord document in _index.ListAsync(_group, cancellationToken).ConfigureAwait(false))
            {
                await _index.DeleteAsync(document.Id, cancellationToken).ConfigureAwait(false);
            }

            return true;
        });

    /// <inheritdoc/>
    public override Task<PassageRecord?> GetAsync(
        string key, RecordRetrievalOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return RunAsync(nameof(GetAsync), async () =>
        {
            if (PassageKey.Read(key) is not { } passage)
            {
                return null;
            }

            IReadOnlyList<PassageRecord> records = await _reader.ReadAsync(passage.DocumentId, cancellationToken).ConfigureAwait(false);
            PassageRecord? record = records.FirstOrDefault(one => one.Start == passage.Start);
            return record is null ? null : Show(record, options?.IncludeVectors ?? false);
        });
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<PassageRecord> GetAsync(
        Expression<Func<PassageRecord, bool>> filter,
        int top,
        FilteredRecordRetrievalOptions<PassageRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        List<PassageRecord> records = await FindAsync(nameof(GetAsync), filter, cancellationToken).ConfigureAwait(false);
        foreach (PassageRecord record in RecordOrder.Sort(records, options?.OrderBy).Skip(options?.Skip ?? 0).Take(top))
        {
            yield return Show(record, options?.IncludeVectors ?? false);
        }
    }

    /// <summary>Refuses to write a passage: it comes with its document.</summary>
    /// <param name="record">Not used.</param>
    /// <param name="cancellationToken">Not used.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override Task UpsertAsync(PassageRecord record, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(record);
        throw new NotSupportedException("A passage cannot be written alone: it comes with its document. Ingest the document (IngestAsync).");
    }

    /// <summary>Refuses to write passages, as for one; does nothing for none.</summary>
    /// <param name="records">Not used.</param>
    /// <param name="cancellationToken">Not used.</param>
    /// <returns>A finished task for no record.</returns>
    /// <exception cref="NotSupportedException">There is a record.</exception>
    public override Task UpsertAsync(IEnumerable<PassageRecord> records, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        return records.FirstOrDefault() is { } first ? UpsertAsync(first, cancellationToken) : Task.CompletedTask;
    }

    /// <summary>Deletes a document of one passage, as <see cref="DeleteAsync(IEnumerable{string}, CancellationToken)"/>.</summary>
    /// <param name="key">The passage.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when it is deleted.</returns>
    /// <exception cref="NotSupportedException">The document has other passages.</exception>
    public override Task DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        return DeleteAsync([key], cancellationToken);
    }

    /// <summary>Deletes documents whose passages are all named. Keys of no passage are ignored.</summary>
    /// <param name="keys">The passages.</param>
    /// <param name="cancellationToken">Checked between documents.</param>
    /// <returns>A task that ends when they are deleted.</returns>
    /// <exception cref="NotSupportedException">A passage of a document is named, and another one is not; nothing is deleted then.</exception>
    public override Task DeleteAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return RunAsync(nameof(DeleteAsync), async () =>
        {
            HashSet<string> named = [.. keys];
            var whole = new List<string>();
            foreach (string document in named.Select(PassageKey.Read).OfType<(string DocumentId, int)>().Select(one => one.DocumentId).Distinct())
            {
                IReadOnlyList<PassageRecord> records = await _reader.ReadAsync(document, cancellationToken).ConfigureAwait(false);
                int count = records.Count(record => named.Contains(record.Key));
                if (count > 0 && count < records.Count)
                {
                    throw new NotSupportedException(
                        $"A passage cannot be deleted alone. Name all {records.Count} passages of '{document}', or delete the document.");
                }

                whole.AddRange(count > 0 ? [document] : []);
            }

            foreach (string document in whole)
            {
                await _index.DeleteAsync(document, cancellationToken).ConfigureAwait(false);
            }

            return true;
        });
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<VectorSearchResult<PassageRecord>> SearchAsync<TInput>(
        TInput searchValue,
        int top,
        VectorSearchOptions<PassageRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        SearchRequest request = SearchRequest.Read(options, top);
        ReadOnlyMemory<float> vector = await SearchVector.MakeAsync(searchValue, _embedder, cancellationToken).ConfigureAwait(false);
        foreach ((PassageRecord record, double score) in await RunAsync(
            nameof(SearchAsync), () => Search().SearchAsync(vector, request, cancellationToken)).ConfigureAwait(false))
        {
            yield return new VectorSearchResult<PassageRecord>(Show(record, request.IncludeVectors), score);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<VectorSearchResult<PassageRecord>> HybridSearchAsync<TInput>(
        TInput searchValue,
        ICollection<string> keywords,
        int top,
        HybridSearchOptions<PassageRecord>? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
        where TInput : notnull
    {
        ArgumentNullException.ThrowIfNull(keywords);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        SearchRequest request = SearchRequest.Read(options, top);
        ReadOnlyMemory<float> vector = await SearchVector.MakeAsync(searchValue, _embedder, cancellationToken).ConfigureAwait(false);
        foreach ((PassageRecord record, double score) in await RunAsync(
            nameof(HybridSearchAsync),
            () => Search().HybridAsync(string.Join(' ', keywords), vector, request, cancellationToken)).ConfigureAwait(false))
        {
            yield return new VectorSearchResult<PassageRecord>(Show(record, request.IncludeVectors), score);
        }
    }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(VectorStoreCollectionMetadata)
                ? new VectorStoreCollectionMetadata { VectorStoreSystemName = Failures.SystemName, CollectionName = Name }
            : serviceType.IsInstanceOfType(_index) ? _index
            : serviceType.IsInstanceOfType(this) ? this
            : null;
    }

    private static PassageRecord Show(PassageRecord record, bool includeVectors) => includeVectors ? record : record with { Vector = null };

    private PassageSearch Search() => new(_index, _reader, _group);

    private Task<List<PassageRecord>> FindAsync(
        string operation, Expression<Func<PassageRecord, bool>> filter, CancellationToken cancellationToken)
    {
        Func<PassageRecord, bool> matches = filter.Compile();
        return RunAsync(operation, async () => await _reader.ReadAllAsync(cancellationToken).Where(matches)
            .ToListAsync(cancellationToken).ConfigureAwait(false));
    }

    private Task<T> RunAsync<T>(string operation, Func<Task<T>> work) => Failures.RunAsync(Name, operation, work);
}
