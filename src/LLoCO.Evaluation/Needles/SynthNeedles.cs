using LLoCO.Core;
using LLoCO.Core.Numerics;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Evaluation.Needles;

/// <summary>Facts of the practice corpus. A seed's facts were in no model's training, nor do two seeds share one.</summary>
/// <param name="group">One of <see cref="SynthGenerator.Groups"/>.</param>
/// <param name="seed">The seed, from 0.</param>
public sealed class SynthNeedles(string group, int seed) : INeedleSource
{
    // The facts of one document are about people of different surnames, which is as many as a needle needs.
    private const int MaxPerDocument = 32;

    /// <inheritdoc/>
    public IReadOnlyList<Needle> Take(int document, int count, bool training)
    {
        if (count > MaxPerDocument || document >= SynthFactSpace.DocumentsPerSeed)
        {
            throw new LlocoException(
                $"A document of the practice corpus has {MaxPerDocument} needles at most, and a seed "
                + $"{SynthFactSpace.DocumentsPerSeed} documents. Ask for fewer depths or repeats.");
        }

        SynthShare share = training
            ? SynthFactSpace.OfTraining(((seed * SynthFactSpace.DocumentsPerSeed) + document) % SynthFactSpace.TrainingSlots, 0)
            : SynthFactSpace.OfSeed(seed, document);
        SeededRandom random = SeededRandom.For(seed, $"needles/{group}/{training}/{document}");
        SynthDocument made = SynthGenerator.Write(
            SynthGroup.Named(group), "needles", random, share, new SynthShape(64 * count, count));
        return [.. made.Facts.Select(fact => new Needle(
            made.Text.Substring(fact.Start, fact.Length), fact.Question, fact.Value))];
    }
}
