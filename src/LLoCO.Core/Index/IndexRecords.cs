using LLoCO.Core.Compression;
using LLoCO.Core.Trust;

namespace LLoCO.Core.Index;

/// <summary>The record of a document in an index, without text and vectors.</summary>
/// <param name="Id">The document's id; unique in the index.</param>
/// <param name="Group">The group whose adapter reads it.</param>
/// <param name="ContentHash">SHA-256 of the UTF-8 text, lower-case hex.</param>
/// <param name="Tokens">Tokens of the whole document.</param>
/// <param name="SummaryCount">Summary vectors stored for it.</param>
/// <param name="Segments">Segments it was cut into.</param>
public sealed record DocumentRecord(string Id, string Group, string ContentHash, int Tokens, int SummaryCount, int Segments)
{
    /// <summary>Gets the fidelity measured at ingest, 0 to 1 (<see cref="DocumentFidelity.Score"/>); <see langword="null"/> where
    /// it was not measured.</summary>
    public double? Fidelity { get; init; }

    /// <summary>Gets whether the fidelity was below the threshold and the document was marked for it.</summary>
    public bool IsMarked { get; init; }

    /// <summary>Gets an identifier of the source file: SHA-256 of its full path, lower-case hex; <see langword="null"/> if it was
    /// not read from a file, or was added by an earlier version of this library.</summary>
    public string? Origin { get; init; }
}

/// <summary>A document to store in an index.</summary>
/// <param name="Id">The document's id.</param>
/// <param name="Group">The group whose adapter reads it.</param>
/// <param name="ContentHash">SHA-256 of the UTF-8 text, lower-case hex.</param>
/// <param name="Text">The whole text.</param>
/// <param name="Tokens">Tokens of the whole document.</param>
/// <param name="TokenHashes">Per segment, SHA-256 (lower-case hex) of its token ids: tells which segments of a grown document
/// are unchanged.</param>
/// <param name="Passages">Passages in text order.</param>
/// <param name="Summary">The summary embeddings.</param>
public sealed record IndexedDocument(
    string Id,
    string Group,
    string ContentHash,
    string Text,
    int Tokens,
    IReadOnlyList<string> TokenHashes,
    IReadOnlyList<Passage> Passages,
    SummaryEmbeddings Summary)
{
    /// <summary>Gets the fidelity that was measured; <see langword="null"/> where it was not.</summary>
    public DocumentFidelity? Fidelity { get; init; }

    /// <summary>Gets how well the model knows its text; <see langword="null"/> if that was not measured.</summary>
    public DocumentFamiliarity? Familiarity { get; init; }

    /// <summary>Gets an identifier of the source file: SHA-256 of its full path, lower-case hex; <see langword="null"/> if it was
    /// not read from a file.</summary>
    public string? Origin { get; init; }
}

/// <summary>A stretch of a document that retrieval ranks.</summary>
/// <param name="Start">Index of its first UTF-16 character in the text.</param>
/// <param name="Length">Number of characters.</param>
/// <param name="Vector">Optional dense vector; all passages of an index have the same width.</param>
public sealed record Passage(int Start, int Length, ReadOnlyMemory<float> Vector = default);

/// <summary>A search.</summary>
/// <param name="Text">The question.</param>
/// <param name="Group">Only documents of this group, or all with <see langword="null"/>.</param>
/// <param name="Limit">Maximum number of hits; at least 1.</param>
/// <param name="Vector">Optional dense vector of the question.</param>
public sealed record PassageQuery(string Text, string? Group = null, int Limit = 8, ReadOnlyMemory<float> Vector = default);

/// <summary>A passage that matches a question.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="Group">The document's group.</param>
/// <param name="Start">Index of the passage's first character in the document's text.</param>
/// <param name="Length">Number of characters.</param>
/// <param name="Text">The passage's text.</param>
/// <param name="Score">Larger is better; comparable within one search only.</param>
public sealed record PassageHit(string DocumentId, string Group, int Start, int Length, string Text, double Score);

/// <summary>The finished segments of a document that is being ingested.</summary>
/// <param name="DocumentId">The document.</param>
/// <param name="ContentHash">SHA-256 of the text being ingested; if the text has changed, only the first segments with equal
/// token hashes are used.</param>
/// <param name="TokenHashes">Per finished segment, SHA-256 (lower-case hex) of its token ids.</param>
/// <param name="Summary">The compressor's vectors of the finished segments, before projection.</param>
public sealed record IngestCheckpoint(
    string DocumentId, string ContentHash, IReadOnlyList<string> TokenHashes, SummaryEmbeddings Summary);
