using System.Text.Json;

namespace FinetuneDomain;

/// <summary>A folder of documents with questions, as a user would bring one: the room book of a small museum, which no stage of the
/// embedded models was trained on. No page shares a name, a number or a thing with another.</summary>
internal static class MuseumFolder
{
    private const int Pages = 60;
    private const int Seed = 1887;

    /// <summary>Writes the folder, or finds it as an earlier run wrote it.</summary>
    /// <param name="folder">Where it lies.</param>
    /// <param name="seed">Chooses the words.</param>
    /// <returns>The folder.</returns>
    public static string Write(string folder, int? seed = null)
    {
        string questions = Path.Combine(folder, "questions.jsonl");
        if (File.Exists(questions))
        {
            return folder;
        }

        Directory.CreateDirectory(folder);
        var words = new MuseumWords(new Random(seed ?? Seed));
        var lines = new List<string>();
        for (int number = 1; number <= Pages; number++)
        {
            var page = new MuseumPage(words, number);
            string name = $"sheet-{number:D2}.txt";
            File.WriteAllText(Path.Combine(folder, name), page.Text);
            lines.AddRange(page.Questions.Select(item =>
                JsonSerializer.Serialize(new { document_path = name, question = item.Question, answers = new[] { item.Answer } })));
        }

        File.WriteAllLines(questions, lines);
        return folder;
    }
}
