using LLoCO.Core;

namespace LLoCO.Evaluation.DataSets;

/// <summary>FairytaleQA (uci-soe/FairytaleQAData): a <c>NAME-questions.csv</c>, or a folder of them such as
/// <c>questions/val</c>; the stories are looked for in <c>section-stories</c> beside <c>questions</c>.</summary>
/// <remarks>The document is the whole story, its sections an empty line apart. All answers of both annotators are
/// accepted.</remarks>
public sealed class FairytaleReader : IQuestionReader
{
    private const string QuestionsEnd = "-questions.csv";
    private const string StoryEnd = "-story.csv";

    /// <inheritdoc/>
    public IEnumerable<QuestionItem> Read(string path, Action<BrokenLine>? skip = null)
    {
        IReadOnlyList<string> files = Files(path);
        return files.SelectMany(file => Items(file, skip));
    }

    private static IReadOnlyList<string> Files(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!Directory.Exists(path))
        {
            DataSetLines.RequireFile(path);
            return [path];
        }

        string[] files = [.. Directory.EnumerateFiles(path, "*" + QuestionsEnd).Order(StringComparer.Ordinal)];
        return files.Length > 0
            ? files
            : throw new LlocoException($"'{path}' holds no *{QuestionsEnd}. Name one split's folder, such as questions/val.");
    }

    private static IEnumerable<QuestionItem> Items(string file, Action<BrokenLine>? skip)
    {
        string story = StoryOf(file);
        string name = Path.GetFileName(story)[..^StoryEnd.Length];
        string text = string.Join("\n\n", CsvRows.Read(story, skip).Select(row => row.Find("text")?.Trim() ?? string.Empty));
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new LlocoException($"The story '{story}' has no text in a column 'text'. Fetch the file again.");
        }

        (string id, text) = new SharedTexts().Share(text);
        foreach (CsvRow row in CsvRows.Read(file, skip))
        {
            foreach (QuestionItem item in DataSetLines.Guard(file, row.Line, skip, () => [Item(row, name, id, text)]))
            {
                yield return item;
            }
        }
    }

    private static QuestionItem Item(CsvRow row, string name, string documentId, string text) => new(
        $"{name}_{row.Get("question_id")}", "fairytale", documentId, text,
        DataSetFault.RequireText(row.Get("question"), "question").Trim(),
        DataSetFault.RequireAnswers(Enumerable.Range(1, 6).Select(number => row.Find($"answer{number}")?.Trim()), "answer1"), []);

    // questions/SPLIT/NAME-questions.csv and section-stories/SPLIT/NAME-story.csv, or both in one folder.
    private static string StoryOf(string file)
    {
        string full = Path.GetFullPath(file);
        string folder = Path.GetDirectoryName(full)!;
        if (!full.EndsWith(QuestionsEnd, StringComparison.Ordinal))
        {
            throw new LlocoException($"'{file}' does not end in {QuestionsEnd}, so its story cannot be found.");
        }

        string story = Path.GetFileName(full)[..^QuestionsEnd.Length] + StoryEnd;
        string[] candidates =
        [
            Path.Combine(folder, "..", "..", "section-stories", Path.GetFileName(folder), story), Path.Combine(folder, story),
        ];
        return Array.Find(candidates, File.Exists)
            ?? throw new LlocoException($"There is no '{story}' in section-stories/{Path.GetFileName(folder)} for '{file}'.");
    }
}
