using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace LLoCO.Core.Index;

/// <summary>The hashes by which an ingest recognizes work that is already done.</summary>
public static class ContentHash
{
    /// <summary>Hashes a document's text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>SHA-256 of its UTF-8 form, lower-case hex.</returns>
    public static string OfText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Hashes the tokens of a segment.</summary>
    /// <param name="tokens">The ids.</param>
    /// <param name="more">What the segment's memory depends on besides; empty for nothing.</param>
    /// <returns>SHA-256 of the ids as little-endian int32 and of the UTF-8 form of the rest, lower-case hex.</returns>
    internal static string OfTokens(ReadOnlySpan<int> tokens, string more = "")
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(tokens));
        hash.AppendData(Encoding.UTF8.GetBytes(more));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
