namespace LLoCO.Server.Mcp;

/// <summary>The address of a document as a resource: <c>lloco:///documents/ID</c>, with the id escaped.</summary>
internal static class DocumentUri
{
    private const string Prefix = "lloco:///documents/";

    /// <summary>The template of all addresses.</summary>
    public const string Template = Prefix + "{id}";

    /// <summary>Makes the address of a document.</summary>
    /// <param name="id">The document's id.</param>
    public static string Create(string id) => Prefix + Uri.EscapeDataString(id);

    /// <summary>Reads the document's id.</summary>
    /// <param name="uri">The address.</param>
    /// <returns>The id; empty where it is none.</returns>
    public static string Read(string? uri) => uri?.StartsWith(Prefix, StringComparison.Ordinal) == true
        ? Uri.UnescapeDataString(uri[Prefix.Length..])
        : string.Empty;
}
