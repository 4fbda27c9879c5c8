using System.Text.Json.Serialization;

namespace LLoCO.Evaluation.DataSets;

/// <summary>LongBench (THUDM/LongBench) JSON lines: <c>{"input", "context", "answers", "dataset", "_id"}</c>.</summary>
/// <remarks>The group is the line's data set. An empty <c>input</c> asks for a summary, as in GovReport and MultiNews.</remarks>
public sealed class LongBenchReader : IQuestionReader
{
    private const string SummaryQuestion = "Summarize the text above.";

    /// <inheritdoc/>
    public IEnumerable<QuestionItem> Read(string path, Action<BrokenLine>? skip = null)
    {
        var texts = new SharedTexts();
        return DataSetLines.OfJson<Line>(path, skip, (line, number) => [Item(line, number, texts)]);
    }

    private static QuestionItem Item(Line line, long number, SharedTexts texts)
    {
        (string id, string text) = texts.Share(DataSetFault.RequireText(line.Context, "context"));
        string question = string.IsNullOrWhiteSpace(line.Input) ? SummaryQuestion : line.Input;
        string group = DataSetFault.RequireText(line.DataSet, "dataset");
        return new QuestionItem(
            line.Id ?? $"{group}_{number}", group, id, text, question,
            DataSetFault.RequireAnswers(line.Answers, "answers"), line.Classes is null ? [] : DataSetFault.RequireAll(line.Classes, "all_classes"));
    }

    private sealed record Line(
        [property: JsonPropertyName("_id")] string? Id,
        [property: JsonPropertyName("dataset")] string? DataSet,
        [property: JsonPropertyName("input")] string? Input,
        [property: JsonPropertyName("context")] string? Context,
        [property: JsonPropertyName("answers")] IReadOnlyList<string?>? Answers,
        [property: JsonPropertyName("all_classes")] IReadOnlyList<string?>? Classes);
}
