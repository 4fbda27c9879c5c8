using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Families;
using LLoCO.Evaluation.Planning;
using LLoCO.Training;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>What a pretraining run will take, told before it starts.</summary>
/// <param name="Steps">Its steps.</param>
/// <param name="TokensPerStep">Tokens of documents in each.</param>
/// <param name="Hours">Hours at the rate of matrix products that was measured.</param>
/// <param name="Bytes">Bytes of memory.</param>
/// <param name="Rate">Floating-point operations per second of a product of the model's shape, in float32.</param>
internal sealed record PretrainEstimate(long Steps, long TokensPerStep, double Hours, double Bytes, double Rate)
{
    /// <summary>A step takes this many times as long as its matrix products alone: norms, activations, attention's scores.</summary>
    private const double BesidesProducts = 1.5;

    /// <summary>Numbers that a position keeps in a layer for the backward pass, in widths of the layer's inputs and of its inner
    /// part.</summary>
    private const double KeptWidths = 12;

    private const double KeptInner = 4;

    /// <summary>The weights with the 16-bit file that they are read from.</summary>
    private const double FileShare = 1.5;

    private const double RuntimeBytes = 5e8;

    /// <summary>Estimates a run on a CPU; a second or two of measuring.</summary>
    /// <param name="config">The shape, with segment and summary length.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="documents">What is learned.</param>
    public static PretrainEstimate Create(LlamaConfig config, CompressorTrainingOptions options, PretrainDocuments documents)
    {
        long perStep = Math.Min(documents.Learned.Count, (long)options.BatchSize * options.AccumulationSteps);
        long steps = options.MaxSteps ?? (options.Epochs * ((documents.Learned.Count + perStep - 1) / perStep));
        double tokens = (double)documents.Learned.Tokens / documents.Learned.Count;
        double segments = Math.Max(1, Math.Ceiling(tokens / config.SegmentLength));
        double segment = tokens / segments;
        double rate = ProductRates.Measure(
            WeightPrecision.Float32, (long)(segment * options.BatchSize), config.HiddenSize, config.IntermediateSize);
        PassCost pass = PassCost.Create(
            config, sizeof(float), segment + (2 * config.SummaryLength), config.SummaryLength * (segments - 1) / 2, segment);

        // Backwards, gradients of the inputs cost as much as the way forward, and those of all weights as much again.
        double seconds = pass.Flops * (options.LoraRank > 0 ? 2 : 3) * BesidesProducts / rate;
        return new PretrainEstimate(
            steps, (long)(perStep * tokens), steps * perStep * segments * seconds / 3600, Memory(config, options, segment), rate);
    }

    /// <summary>Says it in a line.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"estimate: {Steps} steps of {TokensPerStep} tokens, about {Time(Hours)} at the {Rate / 1e9:F0} GFLOP/s that this machine "
        + $"reaches now, about {Bytes / 1e9:F1} GB of memory");

    private static double Memory(LlamaConfig config, CompressorTrainingOptions options, double segment)
    {
        double head = (double)config.VocabularySize * config.HiddenSize;
        double weights = PassCost.Matrices(config) + ((config.TieWordEmbeddings ? 1 : 2) * head);
        double layer = (KeptWidths * config.HiddenSize) + (KeptInner * config.IntermediateSize);
        double positions = (segment + (2 * config.SummaryLength)) * options.BatchSize;
        double kept = positions * options.GradientSegments * ((config.Layers * layer) + config.VocabularySize);
        double gradient = positions * config.VocabularySize;

        // Weights that are trained have a gradient, two moments and the best so far.
        double trained = options.LoraRank > 0 ? 0 : 4 * weights;
        return (sizeof(float) * ((FileShare * weights) + trained + kept + gradient)) + RuntimeBytes;
    }

    private static string Time(double hours) => hours < 1
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, hours * 60):F0} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{hours:F1} hours");
}
