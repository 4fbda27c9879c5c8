using System.Text.Json.Serialization;
using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Evaluation.DataSets;

namespace LLoCO.Evaluation;

/// <summary>
/// Reads question files: JSON lines <c>{"id", "group", "document" or "document_path", "question", "answers": […], "choices":
/// […]?}</c>, or one array of such objects. An id may be a number, and a single answer may be given without a list. A path is
/// relative to the file's folder and cannot leave it.
/// </summary>
/// <remarks>Without a reader of documents, a path must end in .txt, .text, .log, .rst, .md or .markdown, or have no ending: the marks of
/// another format would be taken for words of the document.</remarks>
public static class QuestionFile
{
    private const int IdLength = 16;

    private static readonly string[] PlainEndings = ["", ".txt", ".text", ".log", ".rst", ".md", ".markdown"];

    /// <summary>Reads all questions.</summary>
    /// <param name="file">The file.</param>
    /// <param name="documents">Gives the text of a document's file, by its full path, and fails with a <see cref="LlocoException"/>;
    /// with <see langword="null"/> plain text is read as it is, and other formats are refused.</param>
    /// <returns>The questions in file order; documents named twice are read once.</returns>
    /// <exception cref="LlocoException">A line is not a question, or a document is not there or cannot be read; the message names the
    /// line.</exception>
    public static IReadOnlyList<QuestionItem> Read(string file, Func<string, string>? documents = null) =>
        [.. Stream(file, null, documents)];

    /// <summary>Reads the questions lazily.</summary>
    /// <param name="file">The file.</param>
    /// <param name="skip">Called for every broken line, which is then skipped; with <see langword="null"/>, a broken line is an
    /// error.</param>
    /// <param name="documents">As for <see cref="Read"/>.</param>
    /// <returns>The questions in file order; documents named twice are read once.</returns>
    /// <exception cref="LlocoException">The file is absent, or a line is not a question or names a document that is not there or cannot be
    /// read and <paramref name="skip"/> is <see langword="null"/>; the message names the line.</exception>
    public static IEnumerable<QuestionItem> Stream(
        string file, Action<BrokenLine>? skip = null, Func<string, string>? documents = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        return File.Exists(file)
            ? Lines(file, skip, documents ?? ReadPlain)
            : throw new LlocoException($"The question file '{file}' does not exist.");
    }

    private static IEnumerable<QuestionItem> Lines(string file, Action<BrokenLine>? skip, Func<string, string> read)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var texts = new DocumentTexts(folder, read);
        return DataSetLines.OfJson<Line>(file, skip, (line, number) => [Item(line, $"{file}, line {number}", folder, texts)]);
    }

    private static QuestionItem Item(Line line, string place, string folder, DocumentTexts texts)
    {
        string question = DataSetFault.RequireText(line.Question, "question");
        IReadOnlyList<string> answers = DataSetFault.RequireAll(line.Answers ?? [], "answers");
        if (answers.Count == 0)
        {
            throw new DataSetFault("'answers' must hold at least one answer.");
        }

        (string? id, string? text) = line switch
        {
            { Document: not null, DocumentPath: not null } =>
                throw new DataSetFault("name 'document' or 'document_path', not both."),
            { DocumentPath: { } path } => (path, texts.Load(path)),
            { Document: { } document } => (ContentHash.OfText(document)[..IdLength], document),
            _ => (null, (string?)null),
        };
        return new QuestionItem(
            line.Id ?? place, line.Group ?? SourceDocument.DefaultGroup, id is null ? null : Path.GetFileName(id), text,
            question, answers, DataSetFault.RequireAll(line.Choices ?? [], "choices"))
        {
            Origin = line.DocumentPath is { } file ? SourceDocument.OriginOf(Path.Combine(folder, file)) : null,
        };
    }

    private static string ReadPlain(string full) =>
        PlainEndings.Contains(Path.GetExtension(full), StringComparer.OrdinalIgnoreCase)
            ? TextFile.Read(full)
            : throw new LlocoException($"{full} is not named as plain text, and would be read with the marks of its format. Give a reader for "
                + "it, or convert it to text or Markdown first.");

    /// <summary>The texts of the documents that lines name, each read once.</summary>
    /// <param name="folder">The folder of the question file.</param>
    /// <param name="read">Reads one.</param>
    private sealed class DocumentTexts(string folder, Func<string, string> read)
    {
        private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

        /// <summary>Gets the text of a document.</summary>
        /// <param name="path">Its path in the line.</param>
        /// <exception cref="DataSetFault">It is not there, or cannot be read.</exception>
        public string Load(string path)
        {
            if (path.Contains('\0', StringComparison.Ordinal))
            {
                throw new DataSetFault("the document path holds a null character.");
            }

            string full = Path.GetFullPath(path, folder);
            if (!full.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new DataSetFault($"the document path '{path}' leaves the folder of the question file.");
            }

            if (!_texts.TryGetValue(full, out string? text))
            {
                text = Add(path, full);
            }

            return text;
        }

        private string Add(string path, string full)
        {
            if (!File.Exists(full))
            {
                throw new DataSetFault($"there is no document '{path}'.");
            }

            if (_texts.Keys.FirstOrDefault(other => Path.GetFileName(other) == Path.GetFileName(full)) is { } same)
            {
                // The name is the id under which an index holds the document.
                throw new DataSetFault($"'{path}' has the name of another document, {same}. Give each its own name.");
            }

            try
            {
                return _texts[full] = read(full);
            }
            catch (LlocoException fault)
            {
                throw new DataSetFault(fault.Message);
            }
        }
    }

    private sealed record Line
    {
        [JsonPropertyName("id")]
        public string? Id { get; init; }

        [JsonPropertyName("group")]
        public string? Group { get; init; }

        [JsonPropertyName("document")]
        public string? Document { get; init; }

        [JsonPropertyName("document_path")]
        public string? DocumentPath { get; init; }

        [JsonPropertyName("question")]
        public string? Question { get; init; }

        [JsonPropertyName("answers")]
        public IReadOnlyList<string?>? Answers { get; init; }

        [JsonPropertyName("choices")]
        public IReadOnlyList<string?>? Choices { get; init; }
    }
}
