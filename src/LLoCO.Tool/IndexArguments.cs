using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Postgres;
using LLoCO.Training.Memories;

namespace LLoCO.Tool;

/// <summary>The index of verbs that look into it without a model.</summary>
internal sealed class IndexArguments
{
    /// <summary>Stands in the ids of parts of a long document, between the document's id and the number (docs/files.md).</summary>
    private const char PartMark = '\u241F';

    /// <summary>What help calls the value of an option that names an index.</summary>
    public const string HelpName = "FILE|ADDRESS";

    /// <summary>Gets the index: a file, or an address in PostgreSQL.</summary>
    public Option<string> Index { get; } =
        new("--index") { Description = "Index file, or postgres://… address.", Required = true, HelpName = HelpName };

    /// <summary>Refuses an index that is not there: an empty one would be made of it, and looking must not change anything.</summary>
    /// <param name="file">The index file or address.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlocoException">It is missing or empty.</exception>
    public static async Task EnsureThereAsync(string file, CancellationToken cancellationToken)
    {
        await using IRetrievalIndex index = await OpenAsync(file, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens an index that is there.</summary>
    /// <param name="name">The file or address.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlocoException">It is missing or empty.</exception>
    public static async Task<IRetrievalIndex> OpenAsync(string name, CancellationToken cancellationToken)
    {
        if (PostgresAddress.IsAddress(name))
        {
            return await PostgresRetrievalIndex.OpenAsync(name, new PostgresIndexOptions { CreateIfMissing = false }, cancellationToken)
                .ConfigureAwait(false);
        }

        EnsureFile(name);
        return SqliteRetrievalIndex.Open(name);
    }

    /// <summary>Opens an index, or makes it.</summary>
    /// <param name="name">The file or address.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<IRetrievalIndex> OpenOrCreateAsync(string name, CancellationToken cancellationToken) =>
        PostgresAddress.IsAddress(name)
            ? await PostgresRetrievalIndex.OpenAsync(name, cancellationToken: cancellationToken).ConfigureAwait(false)
            : SqliteRetrievalIndex.Open(name);

    /// <summary>Opens the index of the option, which must be there.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<IRetrievalIndex> OpenAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        OpenAsync(parsed.GetValue(Index)!, cancellationToken);

    /// <summary>Refuses an option of key/value memories where the index holds none.</summary>
    /// <param name="option">The option.</param>
    /// <param name="name">The file or address; <see langword="null"/> where there is no index.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ToolUsageException">The index holds summary embeddings, or there is none.</exception>
    public static async Task EnsureKeyValueAsync(string option, string? name, CancellationToken cancellationToken)
    {
        if (name is null)
        {
            throw new ToolUsageException($"{option} is an option of key/value memories in an index; there is no --index. Leave it out.");
        }

        await using IRetrievalIndex index = await OpenAsync(name, cancellationToken).ConfigureAwait(false);
        if (await index.LoadFingerprintAsync(cancellationToken).ConfigureAwait(false) is { } made && made.FindMemoryKind() != MemoryKind.KeyValue)
        {
            throw new ToolUsageException($"{option} is an option of key/value memories, and the index '{name}' holds summary embeddings, which "
                + "are always read whole. Leave it out.");
        }
    }

    private static void EnsureFile(string file)
    {
        if (new FileInfo(file) is not { Exists: true, Length: > 0 })
        {
            string fault = File.Exists(file) ? "is empty" : "does not exist";
            throw new LlocoException($"The index '{file}' {fault}. Make it with 'lloco compress PATH --index {file}'.");
        }
    }

    /// <summary>Finds the records under which an index keeps a document: its parts, or one.</summary>
    /// <param name="index">The index.</param>
    /// <param name="id">The document.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<IReadOnlyList<DocumentRecord>> FindAsync(
        IRetrievalIndex index, string id, CancellationToken cancellationToken) =>
        await index.ListAsync(null, cancellationToken)
            .Where(record => record.Id == id || record.Id.StartsWith($"{id}{PartMark}", StringComparison.Ordinal))
            .ToListAsync(cancellationToken).ConfigureAwait(false);
}
