using System.Text.Json.Serialization;

namespace LLoCO.Evaluation.DataSets;

/// <summary>SQuAD 1.1 and 2.0 JSON: articles, their paragraphs, and the questions about each.</summary>
/// <remarks>A question of 2.0 that cannot be answered accepts the empty answer, as SQuAD's own evaluation does.</remarks>
public sealed class SquadReader : IQuestionReader
{
    /// <inheritdoc/>
    public IEnumerable<QuestionItem> Read(string path, Action<BrokenLine>? skip = null)
    {
        var texts = new SharedTexts();
        return DataSetLines.OfJsonArray<Article>(path, skip, article => Items(article, texts));
    }

    private static IEnumerable<QuestionItem> Items(Article article, SharedTexts texts)
    {
        foreach (Paragraph paragraph in DataSetFault.RequireAll(article.Paragraphs, "paragraphs"))
        {
            (string id, string text) = texts.Share(DataSetFault.RequireText(paragraph.Context, "context"));
            foreach (Question question in DataSetFault.RequireAll(paragraph.Questions, "qas"))
            {
                yield return new QuestionItem(
                    DataSetFault.RequireText(question.Id, "id"), "squad", id, text,
                    DataSetFault.RequireText(question.Text, "question").Trim(),
                    question.IsImpossible == true
                        ? [string.Empty]
                        : DataSetFault.RequireAnswers(question.Answers?.Select(answer => answer?.Text), "answers"),
                    []);
            }
        }
    }

    private sealed record Article([property: JsonPropertyName("paragraphs")] IReadOnlyList<Paragraph?>? Paragraphs);

    private sealed record Paragraph(
        [property: JsonPropertyName("context")] string? Context,
        [property: JsonPropertyName("qas")] IReadOnlyList<Question?>? Questions);

    private sealed record Question(
        [property: JsonPropertyName("id")] string? Id,
        [property: JsonPropertyName("question")] string? Text,
        [property: JsonPropertyName("answers")] IReadOnlyList<Answer?>? Answers,
        [property: JsonPropertyName("is_impossible")] bool? IsImpossible);

    private sealed record Answer([property: JsonPropertyName("text")] string? Text);
}
