using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Index;

namespace LLoCO.Tool;

/// <summary>The index of verbs that look into it without a model.</summary>
internal sealed class IndexArguments
{
    /// <summary>Stands in the ids of parts of a long document, between the document's id and the number (docs/files.md).</summary>
    private const char PartMark = '\u241F';

    /// <summary>Gets the index file.</summary>
    public Option<string> Index { get; } = new("--index") { Description = "Index file.", Required = true, HelpName = "FILE" };

    /// <summary>Refuses an index that is not there: SQLite would make an empty file of it, and looking must not change files.</summary>
    /// <param name="file">The index file.</param>
    /// <exception cref="LlocoException">It is missing or empty.</exception>
    public static void EnsureThere(string file)
    {
        if (new FileInfo(file) is not { Exists: true, Length: > 0 })
        {
            string fault = File.Exists(file) ? "is empty" : "does not exist";
            throw new LlocoException($"The index '{file}' {fault}. Make it with 'lloco compress PATH --index {file}'.");
        }
    }

    /// <summary>Opens the index.</summary>
    /// <param name="parsed">The command line.</param>
    public SqliteRetrievalIndex Open(ParseResult parsed)
    {
        string file = parsed.GetValue(Index)!;
        EnsureThere(file);
        return SqliteRetrievalIndex.Open(file);
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
