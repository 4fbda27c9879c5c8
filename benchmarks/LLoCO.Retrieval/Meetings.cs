using System.Globalization;
using System.Text;
using System.Text.Json;
using LLoCO.Core.Retrieval;

namespace LLoCO.Retrieval;

/// <summary>QMSum: the passages of a meeting, and its specific questions, each with the turns that the authors noted.</summary>
internal static class Meetings
{
    /// <summary>Reads the validation part.</summary>
    /// <param name="data">The folder of the data.</param>
    public static RecallSet? Read(string data)
    {
        string file = Path.Combine(data, "qmsum", "val.jsonl");
        if (!File.Exists(file))
        {
            return null;
        }

        var documents = new List<RecallDocument>();
        var questions = new List<RecallQuestion>();
        foreach (string line in File.ReadLines(file))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            Add(json.RootElement, string.Create(CultureInfo.InvariantCulture, $"meeting-{documents.Count}"), documents, questions);
        }

        return new RecallSet("QMSum, passages of the meeting", documents, questions);
    }

    private static void Add(JsonElement meeting, string id, List<RecallDocument> documents, List<RecallQuestion> questions)
    {
        var text = new StringBuilder();
        var turns = new List<int>();
        foreach (JsonElement turn in meeting.GetProperty("meeting_transcripts").EnumerateArray())
        {
            turns.Add(text.Length);
            text.Append(CultureInfo.InvariantCulture, $"{turn.GetProperty("speaker").GetString()}: {turn.GetProperty("content").GetString()}\n\n");
        }

        turns.Add(text.Length);
        (int Start, int Length)[] passages = [.. new PassageSplitter().Split(text.ToString()).Select(one => (one.Start, one.Length))];
        documents.Add(new RecallDocument(id, id, text.ToString(), passages));
        foreach (JsonElement query in meeting.GetProperty("specific_query_list").EnumerateArray())
        {
            (int From, int To)[] spans = [.. query.GetProperty("relevant_text_span").EnumerateArray()
                .Select(span => (turns[Turn(span[0])], turns[Turn(span[1]) + 1]))];
            questions.Add(new RecallQuestion(
                query.GetProperty("query").GetString()!,
                id,
                passages.Where(one => spans.Any(span => one.Start < span.To && span.From < one.Start + one.Length))
                    .Select(one => (id, one.Start)).ToHashSet()));
        }
    }

    private static int Turn(JsonElement number) => int.Parse(number.GetString()!, CultureInfo.InvariantCulture);
}
