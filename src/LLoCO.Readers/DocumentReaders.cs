using LLoCO.Core;
using LLoCO.Readers.Archives;
using LLoCO.Readers.Html;
using LLoCO.Readers.Mail;
using LLoCO.Readers.Markdown;
using LLoCO.Readers.Office;
using LLoCO.Readers.Pdf;
using LLoCO.Readers.Tables;

namespace LLoCO.Readers;

/// <summary>Reads files of several formats, each by the ending of its name, within limits. Safe for concurrent use.</summary>
public sealed class DocumentReaders
{
    private readonly Dictionary<string, IDocumentReader> _byExtension = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Creates the readers of this package: text, Markdown, HTML, PDF, DOCX, PPTX, EPUB, e-mail, CSV and JSON lines.</summary>
    /// <param name="limits">What a file may hold; the defaults with <see langword="null"/>.</param>
    /// <param name="more">Readers of the caller. One takes the place of this package's for the endings that it names.</param>
    public DocumentReaders(ReaderLimits? limits = null, IEnumerable<IDocumentReader>? more = null)
    {
        Limits = limits ?? new ReaderLimits();
        IDocumentReader[] own =
        [
            new PlainTextReader(), new MarkdownReader(), new HtmlReader(), new PdfReader(), new WordReader(), new SlideReader(),
            new EpubReader(), new MailReader(), new CsvReader(), new JsonLinesReader(),
        ];
        foreach (IDocumentReader reader in own.Concat(more ?? []))
        {
            foreach (string extension in reader.Extensions)
            {
                _byExtension[extension] = reader;
            }
        }
    }

    /// <summary>Gets the readers of this package with the default limits.</summary>
    public static DocumentReaders Default { get; } = new();

    /// <summary>Gets the limits.</summary>
    public ReaderLimits Limits { get; }

    /// <summary>Gets the endings of the names that are read, in lower case with their dot, in order.</summary>
    public IReadOnlyList<string> Extensions => [.. _byExtension.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Checks whether files of a name are read.</summary>
    /// <param name="name">A name or path.</param>
    /// <returns>Whether there is a reader for its ending.</returns>
    public bool CanRead(string name) => _byExtension.ContainsKey(Path.GetExtension(name));

    /// <summary>Creates a document from a file, which is read when the document is processed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="group">The group whose adapter reads it.</param>
    /// <param name="id">The document's id; the file's name with <see langword="null"/>.</param>
    /// <param name="replaces"><see cref="SourceDocument.Replaces"/>.</param>
    /// <returns>The document. Loading it fails as <see cref="ReadAsync(string, CancellationToken)"/> does.</returns>
    public SourceDocument ToDocument(
        string path, string group = SourceDocument.DefaultGroup, string? id = null, bool replaces = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new SourceDocument(id ?? Path.GetFileName(path), token => new ValueTask<string>(ReadAsync(path, token)), group)
        {
            Origin = SourceDocument.OriginOf(path),
            Replaces = replaces,
        };
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>Its text, in the form that <see cref="IDocumentReader"/> says.</returns>
    /// <exception cref="LlocoException">There is no reader for the ending of its name, or the file is damaged, holds no text, or exceeds
    /// a limit. The message names the file and the fault.</exception>
    public async Task<string> ReadAsync(string path, CancellationToken cancellationToken = default)
    {
        IDocumentReader reader = Find(path);
        byte[] content = await ReaderFile.ReadAsync(path, Limits.MaxBytes, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(reader, content, path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a file that is not on this machine, such as an upload.</summary>
    /// <param name="content">Its bytes, from where the stream stands; not closed here.</param>
    /// <param name="name">Its name, whose ending says the format.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>As <see cref="ReadAsync(string, CancellationToken)"/>.</returns>
    /// <exception cref="LlocoException">As there.</exception>
    public async Task<string> ReadAsync(Stream content, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        IDocumentReader reader = Find(name);
        byte[] bytes = await ReaderFile.ReadAsync(content, name, Limits.MaxBytes, cancellationToken).ConfigureAwait(false);
        return await ReadAsync(reader, bytes, name, cancellationToken).ConfigureAwait(false);
    }

    private IDocumentReader Find(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        string extension = Path.GetExtension(name);
        return _byExtension.TryGetValue(extension, out IDocumentReader? reader)
            ? reader
            : throw new LlocoException((extension.Length == 0
                ? $"{name} has no ending that says what it is."
                : $"{name}: files that end in {extension} are not read.")
                + $" These are: {string.Join(", ", Extensions)}. Convert it first.");
    }

    private async Task<string> ReadAsync(IDocumentReader reader, byte[] content, string name, CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(Limits.MaxTime);
        try
        {
            // Parsers of others may not look at the token: the call ends in time even if their thread does not.
            return await Task.Factory.StartNew(
                () => reader.Read(content, Limits, time.Token), time.Token,
                TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default)
                .WaitAsync(time.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && time.IsCancellationRequested)
        {
            throw new LlocoException(
                $"{name} takes longer than {Limits.MaxTime.TotalSeconds:0.#} s to read, so it is damaged or made to be slow. Convert it to "
                + "text first.");
        }
        catch (Exception fault) when (fault is not (OperationCanceledException or LlocoException))
        {
            throw fault is UnreadableException
                ? new LlocoException($"{name} {fault.Message}.", fault)
                : new LlocoException($"{name} is damaged, or not what its ending says: {fault.Message}", fault);
        }
    }
}
