using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Numerics;

namespace LLoCO.Training.Memories;

/// <summary>Which questions a step asks, and which memories stand in front of them: the same for the same seed and step.</summary>
internal sealed class CartridgeBatches
{
    private readonly IReadOnlyList<CartridgePart> _parts;
    private readonly IReadOnlyList<int> _positions;
    private readonly int _window;
    private readonly CartridgeTrainingOptions _options;
    private CartridgePass[] _order = [];
    private int _epoch = -1;

    /// <summary>Counts the steps.</summary>
    /// <param name="parts">The documents.</param>
    /// <param name="positions">Positions of each one's memory.</param>
    /// <param name="window">The native window.</param>
    /// <param name="options">Checked options.</param>
    internal CartridgeBatches(IReadOnlyList<CartridgePart> parts, IReadOnlyList<int> positions, int window, CartridgeTrainingOptions options)
    {
        (_parts, _positions, _window, _options) = (parts, positions, window, options);
        long passes = parts.Sum(part => (part.Learned.Count + options.BatchSize - 1) / options.BatchSize);
        StepsPerEpoch = (passes + options.AccumulationSteps - 1) / options.AccumulationSteps;
    }

    /// <summary>Gets the steps in which all questions are asked once.</summary>
    internal long StepsPerEpoch { get; }

    /// <summary>The passes of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    internal IEnumerable<CartridgePass> OfStep(long step)
    {
        Arrange((int)(step / StepsPerEpoch));
        return _order.Skip((int)(step % StepsPerEpoch) * _options.AccumulationSteps).Take(_options.AccumulationSteps);
    }

    /// <summary>The held-out questions, each document alone.</summary>
    internal IEnumerable<CartridgePass> HeldOut() => _parts.SelectMany((part, i) =>
        part.HeldOut.Chunk(_options.BatchSize).Select(questions => new CartridgePass(i, [i], questions)));

    private void Arrange(int epoch)
    {
        if (epoch == _epoch)
        {
            return;
        }

        SeededRandom random = EpochOrder.Random(_options.Seed, epoch);
        var passes = new List<CartridgePass>();
        for (int part = 0; part < _parts.Count; part++)
        {
            AdapterExample[] questions = [.. _parts[part].Learned];
            random.Shuffle(questions);
            foreach (AdapterExample[] some in questions.Chunk(_options.BatchSize))
            {
                passes.Add(new CartridgePass(part, Prefix(part, some, random), some));
            }
        }

        random.Shuffle(passes);
        (_order, _epoch) = ([.. passes], epoch);
    }

    private int[] Prefix(int part, AdapterExample[] questions, SeededRandom random)
    {
        bool joined = random.NextDouble() < _options.DistractorShare;
        int[] others = [.. Enumerable.Range(0, _parts.Count).Where(other => other != part && Fit(part, other, questions))];
        if (!joined || others.Length == 0)
        {
            return [part];
        }

        int drawn = random.Pick(others);
        return random.Next(2) == 0 ? [drawn, part] : [part, drawn];
    }

    private bool Fit(int part, int other, AdapterExample[] questions) =>
        ReferenceEquals(_parts[part].Adapter, _parts[other].Adapter)
        && new WindowBudget(_window)
        {
            Prefix = KeyValueMemory.Arrange([_positions[part], _positions[other]], _window, PrefixPlaces.Auto).Positions,
            Prompt = questions.Max(one => one.Prompt.Length),
            Answer = questions.Max(one => one.Answer.Length),
        }.Fits;
}

/// <summary>A pass of a step.</summary>
/// <param name="Part">The document that is asked about.</param>
/// <param name="Prefix">The documents whose memories stand in front, in order.</param>
/// <param name="Questions">The questions.</param>
internal sealed record CartridgePass(int Part, int[] Prefix, IReadOnlyList<AdapterExample> Questions);
