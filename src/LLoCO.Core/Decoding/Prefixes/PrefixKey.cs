using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LLoCO.Core.Compression;
using LLoCO.Core.Lora;

namespace LLoCO.Core.Decoding.Prefixes;

/// <summary>
/// Identifies the KV cache entries of a prefix by its vectors and the adapter. It uses the content, not document ids: a document
/// that was compressed again has another prefix.
/// </summary>
/// <param name="Adapter">The adapter itself, since its name may be given to another.</param>
/// <param name="Hash">SHA-256 over the vectors in order, lower-case hex.</param>
internal readonly record struct PrefixKey(LoraAdapter? Adapter, string Hash)
{
    /// <summary>Gets the number of vectors.</summary>
    internal int Count { get; init; }

    /// <summary>Gets whether it is the front of a sequence that longrope rotates with its long factors.</summary>
    internal bool IsLong { get; init; }

    /// <summary>Gets whether it is of key/value memories: then no model computes it, the adapter makes no difference, and no file beside
    /// the index keeps it.</summary>
    internal bool IsMemory { get; init; }

    /// <summary>Computes the key of a prefix.</summary>
    /// <param name="prefix">The summary embeddings.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="isLong">Whether longrope rotates with its long factors.</param>
    /// <param name="framed">Vectors around them, which are the same for every prefix of a decoder.</param>
    internal static PrefixKey Create(IReadOnlyList<SummaryEmbeddings> prefix, LoraAdapter? adapter, bool isLong = false, int framed = 0)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SummaryEmbeddings document in prefix)
        {
            // The layout is hashed, too, because the same bytes are other numbers in another encoding.
            ReadOnlySpan<int> layout = [document.Count, document.Width, (int)document.Encoding];
            hash.AppendData(MemoryMarshal.AsBytes(layout));
            hash.AppendData(document.Payload.Span);
        }

        if (isLong)
        {
            hash.AppendData("long"u8);
        }

        bool isMemory = prefix.Any(document => document.IsKeyValue);
        return new PrefixKey(isMemory ? null : adapter, Convert.ToHexStringLower(hash.GetHashAndReset()))
        {
            Count = framed + prefix.Sum(document => document.Count),
            IsLong = isLong,
            IsMemory = isMemory,
        };
    }
}
