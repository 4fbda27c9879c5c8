namespace LLoCO.Core.Decoding;

/// <summary>A decoder with adapters that are key/value prefixes: they stand in front of the prompt in place of summary
/// embeddings.</summary>
internal interface IKeyValueReader
{
    /// <summary>Counts the positions of an adapter's keys and values.</summary>
    /// <param name="adapter">Its name, or <see langword="null"/> for the base model.</param>
    /// <returns>The positions; 0 if it is no key/value prefix.</returns>
    int CountKeyValues(string? adapter);
}
