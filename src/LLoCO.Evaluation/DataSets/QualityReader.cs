using System.Text.Json;
using System.Text.Json.Serialization;

namespace LLoCO.Evaluation.DataSets;

/// <summary>QuALITY (nyu-mll/quality): v1.0.1 JSON lines, <c>htmlstripped</c> or with HTML, one article with its questions a
/// line; also the layout of its example file, where the questions are numbered keys.</summary>
/// <remarks>The question holds its choices, lettered as in the original, and the accepted answer is letter and text ("B. Paris"),
/// as the original trains it.</remarks>
public sealed class QualityReader : IQuestionReader
{
    private const string Letters = "ABCDEFGH";

    /// <inheritdoc/>
    public IEnumerable<QuestionItem> Read(string path, Action<BrokenLine>? skip = null)
    {
        var texts = new SharedTexts();
        return DataSetLines.OfJson<Article>(path, skip, (article, line) => Items(article, texts));
    }

    private static IEnumerable<QuestionItem> Items(Article article, SharedTexts texts)
    {
        (string id, string text) = texts.Share(HtmlText.Strip(TextOf(article.Text)));
        IEnumerable<Question> questions =
            article.Questions is null ? Numbered(article) : DataSetFault.RequireAll(article.Questions, "questions");
        foreach (Question question in questions)
        {
            IReadOnlyList<string> options = DataSetFault.RequireAll(question.Options, "options");
            if (options.Count > Letters.Length)
            {
                throw new DataSetFault($"A question has {options.Count} options; at most {Letters.Length} are read.");
            }

            if (question.GoldLabel is not { } gold || gold < 1 || gold > options.Count)
            {
                throw new DataSetFault(
                    $"'gold_label' must be 1 to {options.Count}; the test split has none and cannot be scored.");
            }

            string[] choices = [.. options.Select((option, index) => $"{Letters[index]}. {option.Trim()}")];
            yield return new QuestionItem(
                DataSetFault.RequireText(question.Id, "question_unique_id"), "quality", id, text,
                $"{DataSetFault.RequireText(question.Text, "question").Trim()}\n\nChoices:\n{string.Join('\n', choices)}\n",
                [choices[gold - 1]], choices);
        }
    }

    // The example file: question1, question1option1 to 4, question1_gold_label, ...
    private static IEnumerable<Question> Numbered(Article article)
    {
        Dictionary<string, JsonElement> keys = DataSetFault.Require(article.Others, "questions");
        for (int number = 1; keys.TryGetValue($"question{number}", out JsonElement text); number++)
        {
            var options = new List<string>();
            while (keys.TryGetValue($"question{number}option{options.Count + 1}", out JsonElement option))
            {
                options.Add(Text(option));
            }

            int? gold = keys.TryGetValue($"question{number}_gold_label", out JsonElement label)
                && label.ValueKind == JsonValueKind.Number && label.TryGetInt32(out int value) ? value : null;
            yield return new Question($"{article.UniqueId}_{number}", Text(text), options, gold);
        }

        if (!keys.ContainsKey("question1"))
        {
            throw new DataSetFault("'questions' is missing.");
        }
    }

    private static string TextOf(JsonElement article) => article.ValueKind == JsonValueKind.Array
        ? string.Concat(article.EnumerateArray().Select(Text))
        : Text(article);

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new DataSetFault($"A text was expected, not a JSON {value.ValueKind}. Is 'article' there?");

    private sealed record Article(
        [property: JsonPropertyName("article")] JsonElement Text,
        [property: JsonPropertyName("unique_id")] string? UniqueId,
        [property: JsonPropertyName("questions")] IReadOnlyList<Question?>? Questions)
    {
        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Others { get; init; }
    }

    private sealed record Question(
        [property: JsonPropertyName("question_unique_id")] string? Id,
        [property: JsonPropertyName("question")] string? Text,
        [property: JsonPropertyName("options")] IReadOnlyList<string?>? Options,
        [property: JsonPropertyName("gold_label")] int? GoldLabel);
}
