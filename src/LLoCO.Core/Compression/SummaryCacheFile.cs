using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Compression;

/// <summary>
/// A summary cache of the original LLoCO (<c>.pth</c>: <c>torch.save</c> of a dictionary from document id to a tensor
/// <c>[length, hidden]</c>), read one document at a time, and written so that the original's Python code reads it.
/// </summary>
/// <remarks>
/// The file records neither its model nor the number of tokens behind its vectors. So the caller supplies the
/// <see cref="ModelFingerprint"/> and is responsible for it: a wrong one cannot be detected. The vectors are those of the
/// compressor, before a projector. Safe for concurrent use.
/// </remarks>
public sealed class SummaryCacheFile : IDisposable
{
    /// <summary>Most characters of a document's id.</summary>
    internal const int MaxIdLength = DocumentName.MaxLength;

    private readonly TorchArchive _archive;

    private SummaryCacheFile(TorchArchive archive, ModelFingerprint fingerprint)
    {
        _archive = archive;
        Fingerprint = fingerprint;
    }

    /// <summary>Gets the file.</summary>
    public string Path => _archive.Path;

    /// <summary>Gets the fingerprint that the caller supplied for the vectors.</summary>
    public ModelFingerprint Fingerprint { get; }

    /// <summary>Gets the ids of the documents, in the order of the file. Numbers among the keys are in decimal.</summary>
    public IReadOnlyList<string> DocumentIds => _archive.Names;

    /// <summary>Opens a cache and checks every tensor's description; numbers are read on request.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fingerprint">The model that made it; its <see cref="ModelFingerprint.SummaryLength"/> and
    /// <see cref="ModelFingerprint.SegmentLength"/> (50 and 1,536 in the original) tell segments apart.</param>
    /// <returns>The opened cache, to be disposed.</returns>
    /// <exception cref="ArgumentException">The fingerprint's lengths are below 1.</exception>
    /// <exception cref="CheckpointFormatException">The file is absent or damaged, or a tensor is no table of 16- or 32-bit
    /// floats, not a whole number of summaries, or of another width than the first.</exception>
    public static SummaryCacheFile Open(string path, ModelFingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        if (fingerprint.SummaryLength < 1 || fingerprint.SegmentLength < 1)
        {
            throw new ArgumentException(
                $"The fingerprint {fingerprint} names no segment and summary length.", nameof(fingerprint));
        }

        TorchArchive archive = TorchArchive.Open(path);
        try
        {
            var cache = new SummaryCacheFile(archive, fingerprint);
            foreach (string id in archive.Names)
            {
                cache.Check(id, archive.Tensors[archive.Names[0]]);
            }

            return cache;
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>Writes a cache through a temporary file. bf16 vectors stay bf16, as the original stores them; int8 and fp32 ones
    /// are written as fp32, so that nothing is lost.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="summaries">One per document, all of one model.</param>
    /// <exception cref="ArgumentException">Two have the same document id.</exception>
    /// <exception cref="LlocoException">An id is longer than a cache can hold.</exception>
    /// <exception cref="FingerprintMismatchException">Two are of different models, which the file cannot record.</exception>
    public static void Write(string path, IReadOnlyList<SummaryEmbeddings> summaries)
    {
        ArgumentNullException.ThrowIfNull(summaries);
        var byId = new Dictionary<string, SummaryEmbeddings>(StringComparer.Ordinal);
        var tensors = new List<TensorInfo>();
        foreach (SummaryEmbeddings summary in summaries)
        {
            summaries[0].Fingerprint.EnsureMatches(summary.Fingerprint, $"summary of '{summary.DocumentId}'");
            if (summary.DocumentId.Length > MaxIdLength)
            {
                throw new LlocoException($"The document '{summary.DocumentId[..40]}…' has an id of {summary.DocumentId.Length} "
                    + $"characters; a cache that can be read again has at most {MaxIdLength}. Ingest it under a shorter id.");
            }

            byId[summary.DocumentId] = summary;
            bool half = summary.Encoding == SummaryEncoding.BFloat16;
            tensors.Add(new TensorInfo(
                summary.DocumentId,
                half ? ElementType.BFloat16 : ElementType.Float32,
                [summary.Count, summary.Width],
                (long)summary.Count * summary.Width * (half ? sizeof(ushort) : sizeof(float))));
        }

        TorchArchiveWriter.Write(path, tensors, (tensor, write) => write(Bytes(byId[tensor.Name]).Span));
    }

    /// <summary>Reads the summary embeddings of a document.</summary>
    /// <param name="documentId">One of <see cref="DocumentIds"/>.</param>
    /// <param name="tokens">Tokens of the document, which the file does not record. Without them the last segment counts as full,
    /// so <see cref="SummaryEmbeddings.RawTokens"/> is an upper bound.</param>
    /// <returns>The embeddings with every bit of the file: bf16 where it holds bf16, otherwise fp32.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="tokens"/> is below 1.</exception>
    /// <exception cref="CheckpointFormatException">There is no such document, a number is not finite, or the number of vectors
    /// does not match the number of tokens.</exception>
    public SummaryEmbeddings Read(string documentId, int? tokens = null)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens ?? 1, 1, nameof(tokens));
        if (!_archive.Tensors.TryGetValue(documentId, out TensorInfo? tensor))
        {
            throw new CheckpointFormatException(
                Path, documentId, $"there is no such document among the {DocumentIds.Count} of this cache");
        }

        bool half = tensor.ElementType == ElementType.BFloat16;
        (int count, int width) = ((int)tensor.Shape[0], (int)tensor.Shape[1]);
        var summary = new SummaryEmbeddings(
            documentId,
            count,
            width,
            half ? SummaryEncoding.BFloat16 : SummaryEncoding.Float32,
            half ? _archive.ReadBytes(documentId)
                : SummaryPayload.Encode(_archive.ReadFloats(documentId), width, SummaryEncoding.Float32),
            SegmentMap.FromCounts(SegmentTokens(documentId, count, tokens).Select(length => (length, Fingerprint.SummaryLength))),
            Fingerprint);
        return Array.TrueForAll(SummaryPayload.Decode(summary), float.IsFinite)
            ? summary
            : throw new CheckpointFormatException(Path, documentId, "a number is not finite: the model that made it overflowed");
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _archive.Dispose();

    private static ReadOnlyMemory<byte> Bytes(SummaryEmbeddings summary) => summary.Encoding is SummaryEncoding.Int8 or Int8Blocks.Encoding
        ? SummaryPayload.Encode(SummaryPayload.Decode(summary), summary.Width, SummaryEncoding.Float32)
        : summary.Payload;

    /// <summary>The original cuts full segments, and a last one with the rest.</summary>
    private IEnumerable<int> SegmentTokens(string documentId, int vectors, int? tokens)
    {
        int full = Fingerprint.SegmentLength;
        long segments = vectors / Fingerprint.SummaryLength;
        long total = tokens ?? segments * full;
        long needed = (total + full - 1) / full;
        if (needed != segments || total > int.MaxValue)
        {
            throw new CheckpointFormatException(
                Path,
                documentId,
                $"{vectors} vectors stand for {segments} segments, but {total} tokens are {needed} segments of {full}: the cache "
                + "was made from another text, by another tokenizer, or with other lengths");
        }

        return Enumerable.Range(0, (int)segments).Select(segment => (int)Math.Min(full, total - ((long)segment * full)));
    }

    private void Check(string id, TensorInfo first)
    {
        TensorInfo tensor = _archive.Tensors[id];
        int length = Fingerprint.SummaryLength;
        string? fault =
            tensor.ElementType is not (ElementType.BFloat16 or ElementType.Float16 or ElementType.Float32)
                ? $"the tensor holds {tensor.ElementType}; 16- or 32-bit floats are read"
            : tensor.Shape.Count != 2 || tensor.Shape.Any(size => size is < 1 or > int.MaxValue)
                ? $"the shape {ElementTypes.Show(tensor.Shape)} is not [length, hidden]"
            : tensor.Shape[0] % length != 0
                ? $"{tensor.Shape[0]} vectors are not whole summaries of {length}: the fingerprint is of another model"
            : tensor.Shape[1] != first.Shape[1]
                ? $"the vectors have {tensor.Shape[1]} numbers, those of '{first.Name}' {first.Shape[1]}"
            : null;
        if (fault is not null)
        {
            throw new CheckpointFormatException(Path, id, fault);
        }
    }
}
