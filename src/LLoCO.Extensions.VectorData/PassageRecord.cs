using Microsoft.Extensions.VectorData;

namespace LLoCO.Extensions.VectorData;

/// <summary>A passage of a document, as a record of a vector store.</summary>
public sealed record PassageRecord
{
    /// <summary>Gets the key: the document's id, <c>#</c>, and the index of the passage's first character.</summary>
    [VectorStoreKey]
    public required string Key { get; init; }

    /// <summary>Gets the document's id.</summary>
    [VectorStoreData(IsIndexed = true)]
    public required string DocumentId { get; init; }

    /// <summary>Gets the document's group.</summary>
    [VectorStoreData(IsIndexed = true)]
    public required string Group { get; init; }

    /// <summary>Gets the index of the passage's first UTF-16 character in the document's text.</summary>
    [VectorStoreData]
    public required int Start { get; init; }

    /// <summary>Gets the index after its last character.</summary>
    [VectorStoreData]
    public required int End { get; init; }

    /// <summary>Gets the passage's text.</summary>
    [VectorStoreData(IsFullTextIndexed = true)]
    public required string Text { get; init; }

    /// <summary>Gets the dense vector, of length 1.</summary>
    /// <value><see langword="null"/> if vectors were not asked for (<c>IncludeVectors</c>), or the document was ingested without an
    /// embedder.</value>
    public ReadOnlyMemory<float>? Vector { get; init; }
}
