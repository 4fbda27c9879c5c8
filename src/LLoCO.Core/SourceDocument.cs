using System.Text;

namespace LLoCO.Core;

/// <summary>A document to ingest: its id, its group, and how to get its text when its turn comes.</summary>
public sealed class SourceDocument
{
    /// <summary>The group of documents that name none.</summary>
    public const string DefaultGroup = "default";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Func<CancellationToken, ValueTask<string>> _load;

    /// <summary>Creates a document from text in memory.</summary>
    /// <param name="id">The document's id; unique in the index.</param>
    /// <param name="text">The whole text.</param>
    /// <param name="group">The group whose adapter reads it.</param>
    public SourceDocument(string id, string text, string group = DefaultGroup)
        : this(id, _ => ValueTask.FromResult(text), group) => ArgumentNullException.ThrowIfNull(text);

    /// <summary>Creates a document whose text is loaded when its turn comes; a failure there fails this document only.</summary>
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

    /// <summary>Creates a document from a UTF-8 file (text, Markdown).</summary>
    /// <param name="path">The file; it is read when its turn comes.</param>
    /// <param name="group">The group whose adapter reads it.</param>
    /// <param name="id">The document's id; the file's name with <see langword="null"/>.</param>
    /// <returns>The document.</returns>
    public static SourceDocument FromFile(string path, string group = DefaultGroup, string? id = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new SourceDocument(id ?? Path.GetFileName(path), token => ReadAsync(path, token), group);
    }

    internal ValueTask<string> LoadAsync(CancellationToken cancellationToken) => _load(cancellationToken);

    private static async ValueTask<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(path, StrictUtf8, cancellationToken).ConfigureAwait(false);
        }
        catch (DecoderFallbackException error)
        {
            throw new LlocoException($"{path} is not UTF-8 text. Convert it to UTF-8 text or Markdown first.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LlocoException($"{path} cannot be read: {error.Message}", error);
        }
    }
}
