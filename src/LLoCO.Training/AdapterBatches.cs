using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LLoCO.Core.Numerics;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Training;

/// <summary>Which examples a step sees: a new order each epoch, the same for the same seed. Questions about the same documents
/// stay together in runs, so that they can share a prefix.</summary>
internal sealed class AdapterBatches
{
    private readonly IAdapterExampleSource _source;
    private readonly AdapterTrainingOptions _options;
    private AdapterExample[] _order = [];
    private int _epoch = -1;

    internal AdapterBatches(IAdapterExampleSource source, AdapterTrainingOptions options)
    {
        _source = source;
        _options = options;
        long perStep = (long)options.BatchSize * options.AccumulationSteps;
        StepsPerEpoch = (source.Count + perStep - 1) / perStep;
    }

    /// <summary>Gets the steps of an epoch; its last one may have fewer examples.</summary>
    internal long StepsPerEpoch { get; }

    /// <summary>The passes of a step, each as rows of examples with one prefix.</summary>
    internal AdapterExample[][][] OfStep(long step)
    {
        Arrange((int)(step / StepsPerEpoch));
        int perStep = _options.BatchSize * _options.AccumulationSteps;
        return [.. _order.Skip((int)(step % StepsPerEpoch) * perStep).Take(perStep).Chunk(_options.BatchSize).Select(Rows)];
    }

    /// <summary>Puts examples that share a prefix into rows.</summary>
    internal AdapterExample[][] Rows(AdapterExample[] examples) => _options.QuestionsPerPrefix == 1
        ? [.. examples.Select(example => new[] { example })]
        : [.. examples.GroupBy(PrefixOf).SelectMany(same => same.Chunk(_options.QuestionsPerPrefix))];

    private void Arrange(int epoch)
    {
        if (epoch == _epoch)
        {
            return;
        }

        SeededRandom random = SeededRandom.For(_options.Seed, $"order/{epoch}");
        AdapterExample[] all = [.. Enumerable.Range(0, _source.Count).Select(index => _source.Get(index, epoch))];
        random.Shuffle(all);
        if (_options.QuestionsPerPrefix > 1)
        {
            AdapterExample[][] runs = [.. all.GroupBy(PrefixOf).SelectMany(same => same.Chunk(_options.QuestionsPerPrefix))];
            random.Shuffle(runs);
            all = [.. runs.SelectMany(run => run)];
        }

        _order = all;
        _epoch = epoch;
    }

    private static string PrefixOf(AdapterExample example)
    {
        string documents = string.Join('\n', example.Documents.Select(document => document.DocumentId));
        return example.RawText.IsEmpty
            ? documents
            : documents + '\n' + Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(example.RawText.Span)));
    }
}
