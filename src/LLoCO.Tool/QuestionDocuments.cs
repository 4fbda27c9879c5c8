using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Evaluation;
using LLoCO.Readers;

namespace LLoCO.Tool;

/// <summary>The documents of question files, read as <c>lloco compress</c> reads files.</summary>
internal static class QuestionDocuments
{
    /// <summary>Reads a document by the ending of its name.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="LlocoException">There is no reader for it, or it cannot be read.</exception>
    public static string Read(string path) => DocumentReaders.Default.ReadAsync(path).GetAwaiter().GetResult();

    /// <summary>Reads a question file with its documents.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="LlocoException">A line is not a question, or a document cannot be read.</exception>
    public static IReadOnlyList<QuestionItem> ReadQuestions(string file) => QuestionFile.Read(file, Read);

    /// <summary>Says which documents of questions the index holds with another text, which gives way to that of the question file.</summary>
    /// <param name="index">The index.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="console">Where it is said.</param>
    /// <param name="cancellationToken">Cancels reading the index.</param>
    public static async Task SayChangedAsync(
        IRetrievalIndex index, IEnumerable<QuestionItem> questions, ToolConsole console, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (QuestionItem item in questions.Where(item => item is { DocumentId: not null, Document: not null }))
        {
            if (seen.Add(item.DocumentId!)
                && await index.LoadWholeTextAsync(item.DocumentId!, cancellationToken).ConfigureAwait(false) is { } stored
                && stored != item.Document)
            {
                console.Error.WriteLine(
                    $"lloco: warning: the index holds another text of '{item.DocumentId}' than the questions, which replaces it.");
            }
        }
    }
}
