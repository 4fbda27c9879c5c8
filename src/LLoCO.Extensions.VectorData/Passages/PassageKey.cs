using System.Globalization;

namespace LLoCO.Extensions.VectorData.Passages;

/// <summary>The key of a passage: the document's id, <c>#</c>, the index of its first character. Ids may hold the sign too: the last one
/// counts.</summary>
internal static class PassageKey
{
    /// <summary>Makes a key.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="start">The passage's first character.</param>
    public static string Make(string documentId, int start) => string.Create(CultureInfo.InvariantCulture, $"{documentId}#{start}");

    /// <summary>Reads a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Document and first character; <see langword="null"/> if it is the key of no passage.</returns>
    public static (string DocumentId, int Start)? Read(string key)
    {
        int sign = key.LastIndexOf('#');
        return sign > 0 && int.TryParse(key.AsSpan(sign + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int start)
            && Make(key[..sign], start) == key
                ? (key[..sign], start)
                : null;
    }
}
