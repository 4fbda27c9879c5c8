using System.Text.Json;
using System.Text.Json.Serialization;

namespace LLoCO.Evaluation.DataSets;

/// <summary>HotpotQA, original JSON (distractor or fullwiki): one array of questions, each with its paragraphs.</summary>
/// <remarks>The document is the paragraphs as the original composes them: title, line break, sentences; an empty line between
/// two.</remarks>
public sealed class HotpotReader : IQuestionReader
{
    /// <inheritdoc/>
    public IEnumerable<QuestionItem> Read(string path, Action<BrokenLine>? skip = null)
    {
        var texts = new SharedTexts();
        return DataSetLines.OfJsonArray<Question>(path, skip, question => [Item(question, texts)]);
    }

    private static QuestionItem Item(Question question, SharedTexts texts)
    {
        IReadOnlyList<JsonElement[]> context = DataSetFault.Require(question.Context, "context");
        (string id, string text) = texts.Share(string.Join("\n\n", context.Select(Paragraph)));
        return new QuestionItem(
            DataSetFault.RequireText(question.Id, "_id"), "hqa", id, text, DataSetFault.RequireText(question.Text, "question"),
            DataSetFault.RequireAnswers([question.Answer], "answer"), []);
    }

    private static string Paragraph(JsonElement[] parts) =>
        parts is [{ ValueKind: JsonValueKind.String } title, { ValueKind: JsonValueKind.Array } sentences]
        && sentences.EnumerateArray().All(sentence => sentence.ValueKind == JsonValueKind.String)
            ? $"{title.GetString()}\n{string.Concat(sentences.EnumerateArray().Select(sentence => sentence.GetString()))}"
            : throw new DataSetFault("A paragraph of 'context' must be a title and a list of sentences.");

    private sealed record Question(
        [property: JsonPropertyName("_id")] string? Id,
        [property: JsonPropertyName("question")] string? Text,
        [property: JsonPropertyName("answer")] string? Answer,
        [property: JsonPropertyName("context")] IReadOnlyList<JsonElement[]>? Context);
}
