using System.Text.Encodings.Web;
using System.Text.Json;
using LLoCO.Core.Evaluation;

namespace LLoCO.Tool;

/// <summary>Every answer of an evaluation with its scores, as JSON lines; nothing without a file.</summary>
internal sealed class EvaluationLog(string? file) : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly StreamWriter? _writer = file is null ? null : new StreamWriter(file);

    /// <summary>Writes one answer.</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="question">Question, answer and scores.</param>
    public void Write(EvaluationMode mode, EvaluatedQuestion question) => _writer?.WriteLine(JsonSerializer.Serialize(
        new
        {
            mode = mode.ToString().ToLowerInvariant(),
            id = question.Item.Id,
            group = question.Item.Group,
            document = question.Item.DocumentId,
            question = question.Item.Question,
            answers = question.Item.Answers,
            prediction = question.Answer.Text,
            adapter = question.Answer.Adapter,
            scores = question.Scores,
        },
        Options));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _writer?.DisposeAsync() ?? ValueTask.CompletedTask;
}
