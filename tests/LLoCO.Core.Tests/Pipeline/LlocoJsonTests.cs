using System.Text.Json;
using System.Text.Json.Nodes;
using LLoCO.Core.Decoding;
using LLoCO.Core.Trust;
using Xunit;

namespace LLoCO.Core.Tests.Pipeline;

/// <summary>Answers and results as JSON: the words of the file, and what is read back.</summary>
public sealed class LlocoJsonTests
{
    private static readonly AnswerSource Source = new("heron", 3, 9, "steered", 0.5) { IsRaw = true };

    private static readonly LlocoAnswer Answer = new(
        "Mara", FinishReason.Stop, "ship", null, [Source], new AnswerTokens(640, 20, 12, 3) { FirstAttempt = 4 },
        new AnswerTimes(TimeSpan.FromMilliseconds(1.5), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)))
    {
        Confidence = new AnswerConfidence(0.25, 0.5, 0.75),
        Expansion = new AnswerExpansion(ExpandReason.LowConfidence, 1, 8, null),
        Grounding = new AnswerGrounding
        {
            IsInPassages = true, Source = Source, Doubts = [new Doubt(DoubtReason.NoAdapter, "no adapter was trained for it")],
        },
        TurnsRead = 2,
    };

    private static readonly IngestResult Failed = new("heron", "ship", IngestOutcome.Failed)
    {
        Elapsed = TimeSpan.FromSeconds(1), Failure = new InvalidOperationException("The text is empty."),
    };

    [Fact]
    public void Serialize_Answer_WritesSnakeCaseWithoutNulls()
    {
        const string Expected =
            """
            {
              "text": "Mara", "finish": "Stop", "group": "ship",
              "sources": [{"document_id": "heron", "start": 3, "end": 9, "text": "steered", "score": 0.5, "is_raw": true}],
              "tokens": {"raw": 640, "summary": 20, "prompt": 12, "generated": 3, "first_reading": 4, "ratio": 32},
              "times": {"retrieve": "00:00:00.0015000", "first_token": "00:00:01", "total": "00:00:02"},
              "confidence": {"least": 0.25, "mean": 0.5, "calibrated": 0.75, "value": 0.75},
              "expansion": {"reason": "LowConfidence", "passages": 1, "tokens": 8},
              "grounding": {
                "is_in_passages": true,
                "source": {"document_id": "heron", "start": 3, "end": 9, "text": "steered", "score": 0.5, "is_raw": true},
                "doubts": [{"reason": "NoAdapter", "message": "no adapter was trained for it"}]
              },
              "warning": "no adapter was trained for it.", "turns_read": 2, "is_handed_over": false
            }
            """;

        string written = JsonSerializer.Serialize(Answer, LlocoJson.Options);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Expected), JsonNode.Parse(written)), written);
    }

    [Fact]
    public void Deserialize_Answer_IsTheSameAnswer()
    {
        string written = JsonSerializer.Serialize(Answer, LlocoJson.Options);

        LlocoAnswer read = JsonSerializer.Deserialize<LlocoAnswer>(written, LlocoJson.Options)!;

        Assert.Equal(written, JsonSerializer.Serialize(read, LlocoJson.Options));
        Assert.Equal((Answer.Text, Answer.Tokens, Answer.Times, Answer.Confidence), (read.Text, read.Tokens, read.Times, read.Confidence));
        Assert.Equal("no adapter was trained for it.", read.Warning);
        Assert.Equal(Answer.Sources, read.Sources);
        Assert.Equal(Answer.Expansion, read.Expansion);
    }

    [Fact]
    public void Serialize_FailedIngest_HasTheKindAndTheMessageAndNoMore()
    {
        string written = JsonSerializer.Serialize(Failed, LlocoJson.Options);

        using JsonDocument json = JsonDocument.Parse(written);
        JsonElement failure = json.RootElement.GetProperty("failure");
        Assert.Equal(
            ["kind: InvalidOperationException", "message: The text is empty."],
            failure.EnumerateObject().Select(one => $"{one.Name}: {one.Value}"));
        Assert.Equal("Failed", json.RootElement.GetProperty("outcome").GetString());
        IngestResult read = JsonSerializer.Deserialize<IngestResult>(written, LlocoJson.Options)!;
        Assert.Equal("The text is empty.", Assert.IsType<LlocoException>(read.Failure).Message);
        Assert.Equal(Failed with { Failure = null, Doubts = read.Doubts }, read with { Failure = null });
    }

    [Fact]
    public void Serialize_OptionsOfTheCaller_WorksToo()
    {
        string written = JsonSerializer.Serialize(Failed);

        Assert.Contains("\"Failure\":{\"kind\":\"InvalidOperationException\",\"message\":\"The text is empty.\"}", written);
        Assert.Equal("heron", JsonSerializer.Deserialize<IngestResult>(written)!.DocumentId);
        Assert.Equal(Answer.Sources, JsonSerializer.Deserialize<LlocoAnswer>(JsonSerializer.Serialize(Answer))!.Sources);
    }

    [Fact]
    public void Options_NeedNoReflection()
    {
        foreach (Type type in new[] { typeof(LlocoAnswer), typeof(AnswerUpdate), typeof(IngestResult), typeof(IngestProgress), typeof(PrepareResult) })
        {
            Assert.NotNull(LlocoJson.Options.TypeInfoResolver!.GetTypeInfo(type, LlocoJson.Options));
        }

        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(new { anonymous = 1 }, LlocoJson.Options));
        Assert.True(LlocoJson.Options.IsReadOnly);
    }
}
