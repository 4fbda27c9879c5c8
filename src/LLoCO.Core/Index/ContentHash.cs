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
    /// <returns>SHA-256 of the ids as little-endian int32, lower-case hex.</returns>
    internal static string OfTokens(ReadOnlySpan<int> tokens) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(tokens)));
}
