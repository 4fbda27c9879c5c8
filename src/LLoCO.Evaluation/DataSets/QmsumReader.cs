using System.Text.Json.Serialization;
using LLoCO.Core.Pipeline.Ingestion;

namespace LLoCO.Evaluation.DataSets;

/// <summary>QMSum (Yale-LILY/QMSum), original JSON lines: one meeting with its general and specific queries a line.</summary>
/// <remarks>The document is the transcript, one turn a line with its speaker in front. Marks such as <c>{disfmarker}</c> stay.
/// A query's id is made of the meeting's line, its kind and its number, since the files have none.</remarks>
public sealed class QmsumReader : IQuestionReader
{
    /// <inheritdoc/>
    public IEnumerable<QuestionItem> Read(string path, Action<BrokenLine>? skip = null)
    {
        var texts = new SharedTexts();
        return DataSetLines.OfJson<Meeting>(path, skip, (meeting, line) => Items(meeting, line, texts));
    }

    private static IEnumerable<QuestionItem> Items(Meeting meeting, long line, SharedTexts texts)
    {
        IReadOnlyList<Turn> turns = DataSetFault.RequireAll(meeting.Turns, "meeting_transcripts");
        (string id, string text) = texts.Share(string.Join('\n', turns.Select(turn => $"{turn.Speaker}: {turn.Content}")));
        if (meeting.General is null && meeting.Specific is null)
        {
            throw new DataSetFault("'general_query_list' and 'specific_query_list' are missing.");
        }

        (string, IReadOnlyList<Query?>?)[] lists = [("general", meeting.General), ("specific", meeting.Specific)];
        foreach ((string kind, IReadOnlyList<Query?>? queries) in lists)
        {
            int number = 0;
            foreach (Query query in DataSetFault.RequireAll(queries ?? [], $"{kind}_query_list"))
            {
                yield return new QuestionItem(
                    $"{line}_{kind}_{number++}", "qmsum", id, text, DataSetFault.RequireText(query.Text, "query"),
                    DataSetFault.RequireAnswers([query.Answer], "answer"), []);
            }
        }
    }

    private sealed record Meeting(
        [property: JsonPropertyName("general_query_list")] IReadOnlyList<Query?>? General,
        [property: JsonPropertyName("specific_query_list")] IReadOnlyList<Query?>? Specific,
        [property: JsonPropertyName("meeting_transcripts")] IReadOnlyList<Turn?>? Turns);

    private sealed record Query(
        [property: JsonPropertyName("query")] string? Text, [property: JsonPropertyName("answer")] string? Answer);

    private sealed record Turn(
        [property: JsonPropertyName("speaker")] string? Speaker, [property: JsonPropertyName("content")] string? Content);
}
