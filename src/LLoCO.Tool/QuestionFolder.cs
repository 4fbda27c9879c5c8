using System.Text.Encodings.Web;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Evaluation;

namespace LLoCO.Tool;

/// <summary>Writes questions as files: <c>documents/*.txt</c> and <c>questions.jsonl</c>.</summary>
internal static class QuestionFolder
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the files. The folder appears when it is complete.</summary>
    /// <param name="folder">The folder; must not exist.</param>
    /// <param name="items">The questions; those about one document must be adjacent.</param>
    /// <param name="cancellationToken">Checked before each question.</param>
    /// <exception cref="LlocoException">The folder exists.</exception>
    public static void Write(string folder, IEnumerable<QuestionItem> items, CancellationToken cancellationToken)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Path.Exists(full))
        {
            throw new LlocoException($"'{folder}' exists. Name a folder that does not exist yet.");
        }

        string unfinished = $"{full}.{Guid.NewGuid():N}.tmp";
        Directory.CreateDirectory(Path.Combine(unfinished, "documents"));
        try
        {
            WriteAll(unfinished, items, cancellationToken);
            Directory.Move(unfinished, full);
        }
        catch
        {
            Directory.Delete(unfinished, recursive: true);
            throw;
        }
    }

    private static void WriteAll(string folder, IEnumerable<QuestionItem> items, CancellationToken cancellationToken)
    {
        using var questions = new StreamWriter(Path.Combine(folder, "questions.jsonl")) { NewLine = "\n" };
        foreach (QuestionItem item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = $"documents/{item.DocumentId}.txt";
            string file = Path.Combine(folder, path);
            if (!File.Exists(file))
            {
                File.WriteAllText(file, item.Document);
            }

            questions.WriteLine(JsonSerializer.Serialize(
                new
                {
                    id = $"{item.DocumentId}/{item.Id}",
                    group = item.Group,
                    document_path = path,
                    question = item.Question,
                    answers = item.Answers,
                },
                Options));
        }
    }
}
