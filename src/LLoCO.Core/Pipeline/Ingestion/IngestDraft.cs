using System.Runtime.InteropServices;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>
/// A document's vectors while it is ingested: what a plan takes over, then one segment after the other. Not safe for concurrent
/// use.
/// <code>
/// var draft = new IngestDraft(id, contentHash, compressor.Width, compressor.Fingerprint, plan, tokenHashes);
/// await foreach (float[] vectors in compressor.CompressAsync(segments[draft.Segments..], draft.Vectors, token))
/// {
///     draft.Add(segmentTokens, vectors);
///     await index.SaveCheckpointAsync(draft.ToCheckpoint(), token);
/// }
///
/// await index.PutAsync(new IndexedDocument(..., draft.ToSummary(encoding)), token);
/// </code>
/// </summary>
internal sealed class IngestDraft
{
    private readonly string _documentId;
    private readonly string _contentHash;
    private readonly int _width;
    private readonly ModelFingerprint _fingerprint;
    private readonly IReadOnlyList<string> _tokenHashes;
    private readonly List<(int Tokens, int Vectors)> _segments = [];

    // The vectors as float32 bytes. Written bytes never change, and a full buffer is replaced, not cleared. So checkpoints can
    // share it; otherwise a document of 80 segments would be copied 80 times.
    private byte[] _payload = [];
    private int _length;

    /// <summary>Starts with the vectors that a plan reuses.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="contentHash">The hash of its text.</param>
    /// <param name="width">Numbers per vector, before projection.</param>
    /// <param name="fingerprint">The model.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="tokenHashes">One per segment of the whole document.</param>
    public IngestDraft(
        string documentId,
        string contentHash,
        int width,
        ModelFingerprint fingerprint,
        IngestPlan plan,
        IReadOnlyList<string> tokenHashes)
    {
        _documentId = documentId;
        _contentHash = contentHash;
        _width = width;
        _fingerprint = fingerprint;
        _tokenHashes = tokenHashes;
        if (plan.Source is not SummaryEmbeddings source)
        {
            return;
        }

        fingerprint.EnsureMatches(source.Fingerprint, $"stored summary of '{documentId}'");
        if (source.Width != width)
        {
            throw new LlocoException(
                $"The stored vectors of '{documentId}' have {source.Width} numbers, the compressor makes {width}. "
                + "Delete the document and ingest it again.");
        }

        float[] values = SummaryPayload.Decode(source);
        foreach (SegmentSummary segment in source.Segments.Take(plan.ReusedSegments))
        {
            Add(segment.TokenCount, values.AsSpan(segment.VectorStart * width, segment.VectorCount * width));
        }
    }

    /// <summary>Gets the number of segments that are done.</summary>
    public int Segments => _segments.Count;

    /// <summary>Gets a copy of the vectors that are done, row by row: the input in front of the next segment.</summary>
    public ReadOnlyMemory<float> Vectors => Values.ToArray();

    private ReadOnlySpan<float> Values => MemoryMarshal.Cast<byte, float>(_payload.AsSpan(0, _length));

    /// <summary>Adds a segment.</summary>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="vectors">Its vectors row by row.</param>
    public void Add(int tokens, ReadOnlySpan<float> vectors)
    {
        if (vectors.Length % _width != 0)
        {
            throw new ArgumentException($"{vectors.Length} numbers are not whole vectors of width {_width}.", nameof(vectors));
        }

        // Checked before anything is stored; otherwise only a later question would fail.
        foreach (float value in vectors)
        {
            if (!float.IsFinite(value))
            {
                throw new LlocoException(
                    $"The summary of segment {Segments} of '{_documentId}' holds {value}: the model's weights are damaged, or its "
                    + "number format is too narrow for them. Verify the weights, or compress in bf16 or fp32 rather than fp16. "
                    + "Nothing was stored; where the index already held such vectors, delete the document first.");
            }
        }

        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(vectors);
        if (bytes.Length > _payload.Length - _length)
        {
            byte[] larger = new byte[Math.Max(checked(_length + bytes.Length), Math.Min(Array.MaxLength, _length * 2L))];
            _payload.AsSpan(0, _length).CopyTo(larger);
            _payload = larger;
        }

        bytes.CopyTo(_payload.AsSpan(_length));
        _length += bytes.Length;
        _segments.Add((tokens, vectors.Length / _width));
    }

    /// <summary>Creates a checkpoint with every bit of the vectors, so a resumed ingest ends with the same vectors as an
    /// uninterrupted one.</summary>
    /// <returns>The checkpoint.</returns>
    public IngestCheckpoint ToCheckpoint() =>
        new(
            _documentId,
            _contentHash,
            [.. _tokenHashes.Take(Segments)],
            Summary(SummaryEncoding.Float32, _payload.AsMemory(0, _length)));

    /// <summary>Creates summary embeddings from the finished segments.</summary>
    /// <param name="encoding">How to store them.</param>
    /// <returns>The summary embeddings.</returns>
    public SummaryEmbeddings ToSummary(SummaryEncoding encoding) =>
        Summary(encoding, SummaryPayload.Encode(Values, _width, encoding));

    private SummaryEmbeddings Summary(SummaryEncoding encoding, ReadOnlyMemory<byte> payload) => new(
        _documentId,
        _length / (_width * sizeof(float)),
        _width,
        encoding,
        payload,
        SegmentMap.FromCounts(_segments),
        _fingerprint);
}
