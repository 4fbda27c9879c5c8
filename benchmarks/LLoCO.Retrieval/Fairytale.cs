using System.Globalization;

namespace LLoCO.Retrieval;

/// <summary>FairytaleQA: the sections of all stories, and the questions whose section the authors noted.</summary>
internal static class Fairytale
{
    /// <summary>Reads the validation part.</summary>
    /// <param name="data">The folder of the data.</param>
    public static RecallSet? Read(string data)
    {
        string sections = Path.Combine(data, "fairytaleqa", "section-stories", "val");
        string questions = Path.Combine(data, "fairytaleqa", "questions", "val");
        if (!Directory.Exists(sections))
        {
            return null;
        }

        var documents = new List<RecallDocument>();
        var asked = new List<RecallQuestion>();
        foreach (string file in Directory.EnumerateFiles(sections, "*.csv").Order(StringComparer.Ordinal))
        {
            string story = Path.GetFileName(file).Replace("-story.csv", string.Empty, StringComparison.Ordinal);
            documents.AddRange(Csv.Read(file).Select(row => Section($"{story}/{row["section"]}", row["text"])));
            asked.AddRange(Csv.Read(Path.Combine(questions, story + "-questions.csv")).Select(row => Question(story, row)));
        }

        HashSet<string> known = [.. documents.Select(document => document.Id)];
        return new RecallSet(
            "FairytaleQA, sections of all stories",
            documents,
            [.. asked.Where(question => question.Right.Count > 0 && question.Right.All(one => known.Contains(one.Document)))]);
    }

    private static RecallDocument Section(string id, string text) => new(id, "stories", text, [(0, text.Length)]);

    private static RecallQuestion Question(string story, IReadOnlyDictionary<string, string> row) => new(
        row["question"],
        "stories",
        row["cor_section"].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(section => int.TryParse(section, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(section => ($"{story}/{section}", 0)).ToHashSet());
}
