using System.Text.Json;
using LLoCO.Evaluation.Synth;

namespace FinetuneDomain;

/// <summary>A folder of documents with questions, as a user would bring one; made of the practice corpus.</summary>
internal static class PracticeFolder
{
    private const int Documents = 60;
    private const int Tokens = 1200;
    private const int Seed = 4711;

    /// <summary>Writes the folder, or finds it as an earlier run wrote it.</summary>
    /// <returns>The folder.</returns>
    public static string Write(string folder, int? seed = null)
    {
        string questions = Path.Combine(folder, "questions.jsonl");
        if (File.Exists(questions))
        {
            return folder;
        }

        Directory.CreateDirectory(folder);
        var generator = new SynthGenerator(seed ?? Seed);
        var lines = new List<string>();
        for (int number = 0; number < Documents; number++)
        {
            SynthDocument document = generator.Write("workshop", number, Tokens);
            File.WriteAllText(Path.Combine(folder, document.Id + ".txt"), document.Text);
            lines.AddRange(document.Facts.Select(fact => JsonSerializer.Serialize(
                new { document_path = document.Id + ".txt", question = fact.Question, answers = new[] { fact.Value } })));
        }

        File.WriteAllLines(questions, lines);
        return folder;
    }
}
