using System.Text.Json;
using System.Text.Json.Serialization;
using LLoCO.Core.Families;
using LLoCO.Training;
using static TorchSharp.torch;

namespace LLoCO.Models.Tiny.Training;

/// <summary><c>stages.json</c>: the model's shape and the stages of its training.</summary>
/// <param name="Model">The shape.</param>
/// <param name="Stages">The stages; each begins with the weights of another.</param>
internal sealed record StageFile(ModelShape Model, IReadOnlyList<TrainingStage> Stages)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    internal static StageFile Read(string path) =>
        JsonSerializer.Deserialize<StageFile>(File.ReadAllText(path), Json)
        ?? throw new JsonException($"{path} holds no plan.");
}

/// <summary>Shape of the embedded model.</summary>
internal sealed record ModelShape(
    int Seed, int Hidden, int Intermediate, int Layers, int Heads, int Window, int SegmentLength, int SummaryLength)
{
    /// <summary>Gets the format to compute in: float32, or bf16 with float32 masters in the optimizer.</summary>
    public string Format { get; init; } = "float32";

    /// <summary>Gets the base of the rotary frequencies.</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>Gets whether the random weights are given the structure of <see cref="Training.LookUpStart"/>.</summary>
    public bool LookUpStart { get; init; }

    internal ScalarType Type => Format switch
    {
        "float32" => ScalarType.Float32,
        "bf16" => ScalarType.BFloat16,
        _ => throw new JsonException($"The format '{Format}' is neither float32 nor bf16."),
    };

    internal LlamaConfig ToConfig(int vocabulary) => new()
    {
        VocabularySize = vocabulary,
        HiddenSize = Hidden,
        IntermediateSize = Intermediate,
        Layers = Layers,
        Heads = Heads,
        KeyValueHeads = Heads,
        HeadDimension = Hidden / Heads,
        MaxPositions = Window,
        RopeTheta = RopeTheta,
        TieWordEmbeddings = true,
        SummaryLength = SummaryLength,
        SegmentLength = SegmentLength,
        SegmentBoundary = SegmentBoundary.Sentence,
    };
}
