namespace LLoCO.Readers;

/// <summary>A file that is a document.</summary>
/// <param name="Id">The document's id: its path from the folder that was named, or from the current folder, with slashes.</param>
/// <param name="Path">The file.</param>
public sealed record FoundFile(string Id, string Path);
