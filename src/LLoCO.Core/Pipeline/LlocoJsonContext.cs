using System.Text.Json.Serialization;

namespace LLoCO.Core.Pipeline;

/// <summary>How answers and results are read and written as JSON, compiled ahead: works trimmed and without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LlocoAnswer))]
[JsonSerializable(typeof(AnswerUpdate))]
[JsonSerializable(typeof(IngestResult))]
[JsonSerializable(typeof(IngestProgress))]
[JsonSerializable(typeof(PrepareResult))]
internal sealed partial class LlocoJsonContext : JsonSerializerContext;
