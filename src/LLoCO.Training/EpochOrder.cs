using LLoCO.Core.Numerics;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Training;

/// <summary>A new order of all examples for each epoch, the same for the same seed.</summary>
/// <param name="count">Examples of an epoch.</param>
/// <param name="perStep">Examples of a step.</param>
/// <param name="seed">The seed.</param>
internal sealed class EpochOrder(int count, long perStep, long seed)
{
    private int[] _order = [];
    private int _epoch = -1;

    /// <summary>Gets the steps of an epoch; its last one may have fewer examples.</summary>
    internal long StepsPerEpoch { get; } = (count + perStep - 1) / perStep;

    /// <summary>The epoch of a step and the examples that it sees.</summary>
    internal (int Epoch, int[] Indices) OfStep(long step)
    {
        int epoch = (int)(step / StepsPerEpoch);
        if (epoch != _epoch)
        {
            int[] order = [.. Enumerable.Range(0, count)];
            Random(seed, epoch).Shuffle(order);
            (_order, _epoch) = (order, epoch);
        }

        return (epoch, [.. _order.Skip((int)(step % StepsPerEpoch * perStep)).Take((int)perStep)]);
    }

    /// <summary>What an epoch's order is drawn from.</summary>
    internal static SeededRandom Random(long seed, int epoch) => SeededRandom.For(seed, $"order/{epoch}");
}
