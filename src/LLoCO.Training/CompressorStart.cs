using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>The weights that a compressor's training begins with. Used on the model's thread.</summary>
internal static class CompressorStart
{
    private const string SummaryName = "embed_summary.weight";

    /// <summary>Loads a model folder, or makes random weights, in float32; gives the model summary embeddings where it has
    /// none.</summary>
    /// <param name="folder">The model folder, or <see langword="null"/> for random weights.</param>
    /// <param name="config">The shape, with the summary length to train.</param>
    /// <param name="seed">Seed of random weights.</param>
    /// <param name="device">Where to keep them.</param>
    internal static LlamaWeights Make(string? folder, LlamaConfig config, long seed, Device device)
    {
        LlamaConfig plain = config with { SummaryLength = 0 };
        if (folder is null)
        {
            return WithSummary(LlamaWeights.Random(plain, seed, ScalarType.Float32, device), config, null);
        }

        using CheckpointFolder files = CheckpointFolder.Open(folder);
        Tensor? own = files.Tensors.TryGetValue(SummaryName, out TensorInfo? info) && info.Shape[0] == config.SummaryLength
            ? TensorLoader.Load(
                files, SummaryName, [config.SummaryLength, config.HiddenSize], ScalarType.Float32, device, folder)
            : null;
        return WithSummary(LlamaWeights.Load(
            files, plain, ScalarType.Float32, device, folder, besides: SummaryName), config, own);
    }

    private static LlamaWeights WithSummary(LlamaWeights weights, LlamaConfig config, Tensor? summary)
    {
        Dictionary<string, Tensor> named = weights.Named().ToDictionary(entry => entry.Name, entry => entry.Weight);
        if (config.SummaryLength > 0)
        {
            // AutoCompressors, section 3: summary tokens begin as the end token.
            using DisposeScope scope = NewDisposeScope();
            named[SummaryName] = summary ?? weights.TokenEmbedding.narrow(0, config.EndOfSequenceIds[0], 1)
                .repeat(config.SummaryLength, 1).DetachFromDisposeScope();
        }

        return LlamaWeights.From(config, name => named[name]);
    }
}
