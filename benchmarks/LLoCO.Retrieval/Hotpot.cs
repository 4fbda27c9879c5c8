using System.Text.Json;

namespace LLoCO.Retrieval;

/// <summary>HotpotQA: the paragraphs of all questions, and the questions, each with its two paragraphs.</summary>
internal static class Hotpot
{
    /// <summary>Reads the first file.</summary>
    /// <param name="data">The folder of the data.</param>
    public static RecallSet? Read(string data)
    {
        string folder = Path.Combine(data, "hotpotqa");
        string? file = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).FirstOrDefault() : null;
        if (file is null)
        {
            return null;
        }

        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
        var documents = new Dictionary<string, RecallDocument>(StringComparer.Ordinal);
        var questions = new List<RecallQuestion>();
        foreach (JsonElement record in json.RootElement.EnumerateArray())
        {
            foreach (JsonElement paragraph in record.GetProperty("context").EnumerateArray())
            {
                string title = paragraph[0].GetString()!;
                string text = $"{title}. {string.Concat(paragraph[1].EnumerateArray().Select(sentence => sentence.GetString()))}";
                documents.TryAdd(title, new RecallDocument(title, "paragraphs", text, [(0, text.Length)]));
            }

            questions.Add(new RecallQuestion(
                record.GetProperty("question").GetString()!,
                "paragraphs",
                record.GetProperty("supporting_facts").EnumerateArray().Select(fact => (fact[0].GetString()!, 0)).ToHashSet()));
        }

        return new RecallSet("HotpotQA, paragraphs of all questions", [.. documents.Values], questions);
    }
}
