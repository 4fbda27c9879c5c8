using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using static TorchSharp.torch;

namespace LLoCO.Core.Runtime;

/// <content>Loading from files.</content>
internal sealed partial class LoadedModel
{
    /// <summary>Loads a model folder. Blocking: a 7B model takes as long as its files take to read, once.</summary>
    /// <param name="folder"><c>config.json</c> and weights, as Hugging Face lays them out.</param>
    /// <param name="device">Where to keep the weights.</param>
    /// <param name="precision">In which format.</param>
    /// <param name="tokenizerFingerprint">SHA-256 of the tokenizer's file, for the model's fingerprint.</param>
    /// <param name="cancellationToken">Checked before each weight.</param>
    /// <exception cref="CheckpointFormatException">The folder is not a model that this library runs.</exception>
    /// <exception cref="LlocoRuntimeException">libtorch or the device is not there.</exception>
    internal static LoadedModel Open(
        string folder,
        LlocoDevice device,
        WeightPrecision precision,
        string tokenizerFingerprint,
        CancellationToken cancellationToken = default)
    {
        LlamaConfig config = LlamaConfigFile.Read(Path.Combine(folder, LlamaConfigFile.FileName));
        using CheckpointFolder files = CheckpointFolder.Open(folder);
        return Open(files, config, folder, device, precision, tokenizerFingerprint, cancellationToken);
    }

    /// <summary>Loads a model that is used without its head: an encoder, saved with or without one.</summary>
    /// <inheritdoc cref="Open(string, LlocoDevice, WeightPrecision, string, CancellationToken)"/>
    internal static LoadedModel OpenEncoder(
        string folder,
        LlocoDevice device,
        WeightPrecision precision,
        string tokenizerFingerprint,
        CancellationToken cancellationToken = default)
    {
        LlamaConfig config = LlamaConfigFile.Read(Path.Combine(folder, LlamaConfigFile.FileName));
        using var files = new EncoderTensors(CheckpointFolder.Open(folder));
        bool tied = config.TieWordEmbeddings || !files.Tensors.ContainsKey("lm_head.weight");
        return Open(
            files, config with { TieWordEmbeddings = tied }, folder, device, precision, tokenizerFingerprint, cancellationToken);
    }

    private static LoadedModel Open(
        ITensorSource files, LlamaConfig config, string folder, LlocoDevice device, WeightPrecision precision, string tokenizerFingerprint,
        CancellationToken cancellationToken)
    {
        var digest = new CheckpointDigest(config);
        LlamaWeights weights = LlamaWeights.Load(
            files, config, Format(files, precision), device == LlocoDevice.Cpu ? LazyTensor.Cpu : device.ToTorch(), folder, digest, cancellationToken: cancellationToken);
        var fingerprint = new ModelFingerprint(
            digest.Finish(), tokenizerFingerprint, config.SegmentLength, config.SummaryLength,
            ModelFingerprint.IdentityProjector);
        return new LoadedModel(new LlamaModel(weights), fingerprint);
    }

    /// <summary>Loads an adapter and registers it under a name.</summary>
    /// <param name="name">The name under which requests ask for it.</param>
    /// <param name="folder">The PEFT folder.</param>
    /// <param name="fingerprint">What summary embeddings carry; compared with the adapter's, where it has one.</param>
    /// <exception cref="CheckpointFormatException">A file is damaged or does not fit the model.</exception>
    /// <exception cref="FingerprintMismatchException">The adapter was trained for another model.</exception>
    internal void LoadAdapter(string name, string folder, ModelFingerprint fingerprint)
    {
        if (PeftPrefixFolder.IsOne(folder))
        {
            AddPrefix(name, folder, fingerprint);
            FindPrefix(name)!.Get().Dispose();
            return;
        }

        SetAdapter(LoraAdapterFolder.Load(folder, name, Config, Model.Weights.Device, fingerprint, FindEmbedding));
    }

    /// <summary>Makes an adapter known under a name; its weights are read at the first use. What its small files and the header of
    /// its weights say is judged at once.</summary>
    /// <inheritdoc cref="LoadAdapter"/>
    internal void AddAdapter(string name, string folder, ModelFingerprint fingerprint)
    {
        if (PeftPrefixFolder.IsOne(folder))
        {
            AddPrefix(name, folder, fingerprint);
            return;
        }

        LoraAdapterFolder.Check(folder, name, Config, fingerprint);
        _prefixes.TryRemove(name, out _);
        _adapters[name] = new AdapterSlot(() =>
        {
            // The first use may come within a job that keeps no gradients; the weights must not remember that.
            using IDisposable? mode = LlocoRuntime.IsLoaded ? inference_mode(false) : null;
            return LoraAdapterFolder.Load(folder, name, Config, Model.Weights.Device, fingerprint, FindEmbedding);
        });
    }

    private Tensor? FindEmbedding(string name) => name switch
    {
        "model.embed_tokens.weight" => Model.Weights.TokenEmbedding,
        "lm_head.weight" => Model.Weights.Head,
        _ => null,
    };

    /// <summary>All weights get one format: mixed ones would not multiply with each other.</summary>
    private static ScalarType Format(ITensorSource files, WeightPrecision precision) =>
        precision.ToTorch()
        ?? (files.Tensors.TryGetValue("model.embed_tokens.weight", out TensorInfo? embedding)
            && embedding.ElementType is ElementType.BFloat16 or ElementType.Float16
                ? TensorLoader.ToScalarType(embedding.ElementType)
                : ScalarType.Float32);
}
