using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>A document as tokens, cut into segments by id.</summary>
/// <param name="Segments">Token ids of each segment.</param>
/// <param name="Hashes">Per segment, the hash of its ids.</param>
/// <param name="TokenCount">Tokens in all.</param>
internal sealed record CutDocument(IReadOnlyList<ReadOnlyMemory<int>> Segments, IReadOnlyList<string> Hashes, int TokenCount)
{
    /// <summary>Tokenizes once, then cuts.</summary>
    /// <exception cref="LlocoException">The text has no tokens, or the compressor's segments do not add up.</exception>
    public static CutDocument From(ITokenizer tokenizer, IContextCompressor compressor, string text)
    {
        int[] tokens = [.. tokenizer.Encode(text)];
        IReadOnlyList<int> counts = compressor.Cut(tokens);
        if (tokens.Length == 0 || counts.Any(count => count < 1) || counts.Sum(count => (long)count) != tokens.Length)
        {
            throw new LlocoException($"The compressor cut {tokens.Length} tokens into segments of "
                + $"{string.Join(", ", counts.Take(8))}{(counts.Count > 8 ? ", …" : string.Empty)}: none may be empty and "
                + "together "
                + "they must be the document.");
        }

        var segments = new ReadOnlyMemory<int>[counts.Count];
        int start = 0;
        for (int i = 0; i < segments.Length; i++)
        {
            segments[i] = tokens.AsMemory(start, counts[i]);
            start += counts[i];
        }

        string size = (compressor as ISizedCompressor)?.Size ?? string.Empty;
        return new CutDocument(segments, [.. segments.Select(segment => ContentHash.OfTokens(segment.Span, size))], tokens.Length);
    }
}
