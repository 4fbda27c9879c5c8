using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Families;
using LLoCO.Evaluation.Planning;
using LLoCO.Training.Memories;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>What a run of <c>lloco learn</c> will take, told before it starts: the training, without the writing of questions.</summary>
/// <param name="Steps">Its steps.</param>
/// <param name="TokensPerStep">Positions that a step passes through the model.</param>
/// <param name="Hours">Hours at the rate of matrix products that was measured.</param>
/// <param name="Bytes">Bytes of memory.</param>
/// <param name="Rate">Floating-point operations per second of a product of the model's shape, in float32.</param>
internal sealed record LearnEstimate(long Steps, long TokensPerStep, double Hours, double Bytes, double Rate)
{
    /// <summary>About the tokens of a question with its answer.</summary>
    private const int QuestionTokens = 32;

    /// <summary>A step takes this many times as long as its matrix products alone: norms, activations, attention's scores.</summary>
    private const double BesidesProducts = 2;

    /// <summary>Numbers that a position keeps in a layer for the backward pass, in widths of the layer's inputs and of its inner
    /// part.</summary>
    private const double KeptWidths = 12;

    private const double KeptInner = 4;
    private const double RuntimeBytes = 5e8;

    /// <summary>Estimates a run on a CPU; a second or two of measuring.</summary>
    /// <param name="config">The model's shape.</param>
    /// <param name="options">How it is trained.</param>
    /// <param name="documents">Tokens and slots of each document.</param>
    /// <param name="questions">Questions that are learned.</param>
    public static LearnEstimate Create(
        LlamaConfig config, CartridgeTrainingOptions options, IReadOnlyList<(int Tokens, int Slots)> documents, int questions)
    {
        double passes = Math.Max(1, Math.Ceiling((double)questions / options.BatchSize));
        long steps = options.MaxSteps ?? (long)(options.Epochs * Math.Ceiling(passes / options.AccumulationSteps));
        double inputs = Math.Min(options.BatchSize, questions) * QuestionTokens;
        double slots = documents.Average(document => document.Slots) * (1 + options.DistractorShare);
        double rate = ProductRates.Measure(WeightPrecision.Float32, (long)inputs, config.HiddenSize, config.IntermediateSize);
        PassCost pass = PassCost.Create(config, sizeof(float), inputs, slots, inputs / 4);

        // Backwards, gradients of the inputs cost as much as the way forward; the weights have none.
        double student = steps * Math.Min(passes, options.AccumulationSteps) * pass.Flops * 2 * BesidesProducts / rate;
        double teacher = documents.Sum(document => PassCost.Create(config, sizeof(float), document.Tokens, 0, 0).Flops)
            + (PassCost.Create(config, sizeof(float), QuestionTokens, documents.Max(document => document.Tokens), 4).Flops * questions);
        return new LearnEstimate(
            steps, (long)(options.AccumulationSteps * (inputs + slots)), (student + (teacher * BesidesProducts / rate)) / 3600,
            Memory(config, documents, inputs), rate);
    }

    /// <summary>Says it in a line.</summary>
    public string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"estimate: {Steps} steps of {TokensPerStep} positions, about {Math.Max(1, Hours * 60):F0} minutes at the {Rate / 1e9:F0} GFLOP/s that "
        + $"this machine reaches now, about {Bytes / 1e9:F1} GB of memory");

    private static double Memory(LlamaConfig config, IReadOnlyList<(int Tokens, int Slots)> documents, double inputs)
    {
        double head = (double)config.VocabularySize * config.HiddenSize;
        double weights = PassCost.Matrices(config) + ((config.TieWordEmbeddings ? 1 : 2) * head);
        double layer = (KeptWidths * config.HiddenSize) + (KeptInner * config.IntermediateSize);
        double slot = 2.0 * config.Layers * config.KeyValueHeads * config.HeadDimension;

        // Keys and values have a gradient, two moments and the best so far.
        double trained = 5 * slot * documents.Sum(document => (double)document.Slots);
        double kept = inputs * ((config.Layers * layer) + config.VocabularySize);
        double teacher = slot * documents.Max(document => document.Tokens);
        return (sizeof(float) * (weights + trained + Math.Max(kept, teacher))) + RuntimeBytes;
    }
}
