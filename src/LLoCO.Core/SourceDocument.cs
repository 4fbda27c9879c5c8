using LLoCO.Core.Index;

namespace LLoCO.Core;

/// <summary>A document to ingest: its id, its group, and a way to load its text when it is processed.</summary>
public sealed class SourceDocument
{
    /// <summary>The group of documents that name none.</summary>
    public const string DefaultGroup = "default";

    private readonly Func<CancellationToken, ValueTask<string>> _load;

    /// <summary>Creates a document from text in memory.</summary>
    /// <param name="id">The document's id; unique in the index.</param>
    /// <param name="text">The whole text.</param>
    /// <param name="group">The group whose adapter reads it.</param>
    public SourceDocument(string id, string text, string group = DefaultGroup)
        : this(id, _ => ValueTask.FromResult(text), group) => ArgumentNullException.ThrowIfNull(text);

    /// <summary>
    /// Creates a document whose text is loaded when it is processed. If loading fails, only this document fails.
    /// </summary>
    /// <param name="id">The document's id; unique in the index.</param>
    /// <param name="load">Loads the whole text.</param>
    /// <param name="group">The group whose adapter reads it.</param>
    public SourceDocument(string id, Func<CancellationToken, ValueTask<string>> load, string group = DefaultGroup)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentException.ThrowIfNullOrWhiteSpace(group);
        ArgumentNullException.ThrowIfNull(load);
        Id = id;
        Group = group;
        _load = load;
    }

    /// <summary>Gets the document's id.</summary>
    public string Id { get; }

    /// <summary>Gets the group whose adapter reads it.</summary>
    public string Group { get; }

    /// <summary>Gets whether it may replace a document of the same id that has another group or came from another file.</summary>
    /// <value><see langword="false"/> by default: the ingest then fails, and the index does not change.</value>
    public bool Replaces { get; init; }

    /// <summary>
    /// Gets an identifier of the source file: SHA-256 of the full path, so that the index contains no paths.
    /// <see langword="null"/> for a document that is not from a file.
    /// </summary>
    public string? Origin { get; init; }

    /// <summary>Creates a document from a text file (text, Markdown): UTF-8, or UTF-16 or UTF-32 with a byte order mark.</summary>
    /// <param name="path">The file, of at most 64 MiB; it is read when the document is processed.</param>
    /// <param name="group">The group whose adapter reads it.</param>
    /// <param name="id">The document's id; the file's name with <see langword="null"/>.</param>
    /// <param name="replaces"><see cref="Replaces"/>.</param>
    /// <returns>The document.</returns>
    public static SourceDocument FromFile(
        string path, string group = DefaultGroup, string? id = null, bool replaces = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new SourceDocument(id ?? Path.GetFileName(path), token => TextFile.ReadAsync(path, token), group)
        {
            Origin = OriginOf(path),
            Replaces = replaces,
        };
    }

    /// <summary>Computes <see cref="Origin"/> for documents that are read from files without <see cref="FromFile"/>.</summary>
    /// <param name="path">The file; it need not be there.</param>
    /// <returns>SHA-256 of its full path, lower-case hex.</returns>
    public static string OriginOf(string path) => ContentHash.OfText(Path.GetFullPath(path));

    /// <summary>Loads the text.</summary>
    /// <param name="cancellationToken">Handed to the loader.</param>
    /// <returns>The whole text.</returns>
    public ValueTask<string> LoadAsync(CancellationToken cancellationToken) => _load(cancellationToken);
}
