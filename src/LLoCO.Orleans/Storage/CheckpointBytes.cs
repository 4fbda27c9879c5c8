using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;

namespace LLoCO.Orleans.Storage;

/// <summary>A checkpoint as bytes: a line of JSON with everything but the vectors, then the vectors.</summary>
internal static class CheckpointBytes
{
    private const byte LineEnd = (byte)'\n';

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    public static byte[] Write(IngestCheckpoint checkpoint)
    {
        SummaryEmbeddings summary = checkpoint.Summary;
        byte[] header = JsonSerializer.SerializeToUtf8Bytes(
            new Header(
                checkpoint.DocumentId, checkpoint.ContentHash, checkpoint.TokenHashes, summary.Count, summary.Width, summary.Encoding,
                [.. summary.Segments.Select(one => new Stretch(one.TokenCount, one.VectorCount))], summary.Fingerprint.ToString()),
            StoreJson.Options);
        return [.. header, LineEnd, .. summary.Payload.Span];
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="bytes">What <see cref="Write"/> made.</param>
    /// <returns>The checkpoint, or <see langword="null"/> for anything else: another version may have written it.</returns>
    public static IngestCheckpoint? Read(byte[] bytes)
    {
        int end = Array.IndexOf(bytes, LineEnd);
        try
        {
            if (end < 0 || JsonSerializer.Deserialize<Header>(bytes.AsSpan(0, end), StoreJson.Options) is not { } header)
            {
                return null;
            }

            var segments = new List<SegmentSummary>();
            int token = 0, vector = 0;
            foreach (Stretch one in header.Segments)
            {
                segments.Add(new SegmentSummary(segments.Count, token, one.Tokens, vector, one.Vectors));
                (token, vector) = (token + one.Tokens, vector + one.Vectors);
            }

            return new IngestCheckpoint(
                header.Document,
                header.Hash,
                header.TokenHashes,
                new SummaryEmbeddings(
                    header.Document, header.Count, header.Width, header.Encoding, bytes.AsMemory(end + 1), segments,
                    ModelFingerprint.Parse(header.Fingerprint)));
        }
        catch (Exception error) when (error is JsonException or ArgumentException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private sealed record Header(
        string Document, string Hash, IReadOnlyList<string> TokenHashes, int Count, int Width, SummaryEncoding Encoding,
        IReadOnlyList<Stretch> Segments, string Fingerprint);

    private sealed record Stretch(int Tokens, int Vectors);
}
