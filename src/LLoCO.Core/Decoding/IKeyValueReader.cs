using LLoCO.Core.Compression.Published;

namespace LLoCO.Core.Decoding;

/// <summary>A decoder whose prefixes are more than summary embeddings: it has vectors around them, or adapters that are key/value
/// prefixes and stand in their place.</summary>
internal interface IKeyValueReader
{
    /// <summary>Gets what stands around the summary embeddings of a question.</summary>
    PrefixFrame Frame { get; }

    /// <summary>Counts the positions of an adapter's keys and values.</summary>
    /// <param name="adapter">Its name, or <see langword="null"/> for the base model.</param>
    /// <returns>The positions; 0 if it is no key/value prefix.</returns>
    int CountKeyValues(string? adapter);
}
