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
public static class QuestionFile
{
    private const int IdLength = 16;

    /// <summary>Reads all questions.</summary>
    /// <param name="file">The file.</param>
    /// <returns>The questions in file order; documents named twice are read once.</returns>
    /// <exception cref="LlocoException">A line is not a question, or a document is not there; the message names the
    /// line.</exception>
    public static IReadOnlyList<QuestionItem> Read(string file) => [.. Stream(file)];

    /// <summary>Reads the questions lazily.</summary>
    /// <param name="file">The file.</param>
    /// <param name="skip">Called for every broken line, which is then skipped; with <see langword="null"/>, a broken line is an
    /// error.</param>
    /// <returns>The questions in file order; documents named twice are read once.</returns>
    /// <exception cref="LlocoException">The file is absent, or a line is not a question or names a document that is not there and
    /// <paramref name="skip"/> is <see langword="null"/>; the message names the line.</exception>
    public static IEnumerable<QuestionItem> Stream(string file, Action<BrokenLine>? skip = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        return File.Exists(file) ? Lines(file, skip) : throw new LlocoException($"The question file '{file}' does not exist.");
    }

    private static IEnumerable<QuestionItem> Lines(string file, Action<BrokenLine>? skip)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        return DataSetLines.OfJson<Line>(file, skip, (line, number) => [Item(line, $"{file}, line {number}", folder, texts)]);
    }

    private static QuestionItem Item(Line line, string place, string folder, Dictionary<string, string> texts)
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
            { DocumentPath: { } path } => (path, LoadText(path, folder, texts)),
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

    private static string LoadText(string path, string folder, Dictionary<string, string> texts)
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

        if (!texts.TryGetValue(full, out string? text))
        {
            if (!File.Exists(full))
            {
                throw new DataSetFault($"there is no document '{path}'.");
            }

            if (texts.Keys.FirstOrDefault(other => Path.GetFileName(other) == Path.GetFileName(full)) is { } same)
            {
                // The name is the id under which an index holds the document.
                throw new DataSetFault($"'{path}' has the name of another document, {same}. Give each its own name.");
            }

            text = Load(full);
            texts.Add(full, text);
        }

        return text;
    }

    private static string Load(string full)
    {
        try
        {
            return TextFile.Read(full);
        }
        catch (LlocoException fault)
        {
            throw new DataSetFault(fault.Message);
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
