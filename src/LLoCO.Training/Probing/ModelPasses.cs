using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training.Probing;

/// <summary>A model, pass by pass: token ids and vectors go in, plain numbers come out. For measuring it, and for comparing it
/// with other implementations; answers to questions come from a pipeline.</summary>
/// <remarks>One thread at a time. Each call has its own memory and computes without gradients.</remarks>
public sealed class ModelPasses : IDisposable
{
    private readonly LlamaModel _model;
    private readonly Func<string?, LoraAdapter?> _find;
    private readonly bool _owns;

    internal ModelPasses(LlamaModel model, Func<string?, LoraAdapter?> find, bool owns = false) =>
        (_model, _find, _owns) = (model, find, owns);

    /// <summary>Gets the model's shape.</summary>
    public LlamaConfig Config => _model.Config;

    /// <summary>Gets the number format of the weights, and of keys and values.</summary>
    public WeightPrecision Precision => _model.Weights.Type switch
    {
        ScalarType.Float32 => WeightPrecision.Float32,
        ScalarType.Float16 => WeightPrecision.Float16,
        _ => WeightPrecision.BFloat16,
    };

    /// <summary>Gets where the weights are.</summary>
    public LlocoDevice Device => _model.Weights.Device.type == DeviceType.CUDA
        ? LlocoDevice.Cuda(_model.Weights.Device.index)
        : LlocoDevice.Cpu;

    internal LlamaModel Model => _model;

    /// <summary>Makes a model with random weights, whose speed is that of any other of its shape.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="precision">Number format; float32 for <see cref="WeightPrecision.AsStored"/>, since nothing is stored.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    /// <param name="device">Where to keep them. Default: the CPU.</param>
    /// <returns>The model, the caller's to dispose.</returns>
    /// <exception cref="LlocoRuntimeException">libtorch or the device is not there.</exception>
    public static ModelPasses CreateRandom(
        LlamaConfig config, WeightPrecision precision = WeightPrecision.BFloat16, long seed = 1, LlocoDevice device = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        LlocoRuntime.EnsureAvailable(device);
        return new ModelPasses(MakeRandom(config, precision, seed, device), NoAdapters, owns: true);
    }

    /// <summary>Makes ready what generates tokens on a CPU.</summary>
    /// <param name="options">Threads and number format; the defaults with <see langword="null"/>.</param>
    /// <returns>The kernels, the caller's to dispose before the model; <see langword="null"/> where libtorch generates.</returns>
    public PassKernels? CreateKernels(DecodingOptions? options = null) =>
        KernelDecoder.Create(_model, options ?? new DecodingOptions()) is { } kernels ? new PassKernels(kernels) : null;

    /// <summary>Makes a cache of the keys and values of prefixes.</summary>
    /// <param name="maxBytes">Most bytes in memory; 0 keeps nothing.</param>
    /// <param name="folder">A folder to keep them in too; <see langword="null"/> for none.</param>
    /// <param name="fingerprint">What the prefixes carry; must be given with a folder.</param>
    /// <returns>The cache, the caller's to dispose.</returns>
    public PassPrefixes CreatePrefixes(long maxBytes, string? folder = null, ModelFingerprint? fingerprint = null) =>
        new(_model, maxBytes, folder, fingerprint);

    /// <summary>Begins an answer.</summary>
    /// <param name="capacity">Positions of prompt and answer together, without those of the prefix; at least 1.</param>
    /// <param name="kernels">Generates tokens; libtorch with <see langword="null"/>.</param>
    /// <param name="adapter">Name of an adapter; the base model with <see langword="null"/>.</param>
    /// <returns>The answer under way, the caller's to dispose.</returns>
    /// <exception cref="LlocoException">There is no adapter of that name.</exception>
    public PassSession Begin(long capacity, PassKernels? kernels = null, string? adapter = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        LoraAdapter? found = _find(adapter);
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        return new PassSession(new DecodeSession(_model, found, capacity, kernels?.Decoder), kernels?.Decoder);
    }

    /// <summary>Begins to compress a document.</summary>
    /// <param name="segments">Segments that follow; at least 1.</param>
    /// <returns>The document under way, the caller's to dispose.</returns>
    public PassCompression BeginCompression(int segments)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(segments, 1);
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        return new PassCompression(_model, new CompressionRun(_model, [], segments));
    }

    /// <summary>Encodes one segment of several contexts in one pass, as training does it: all earlier summaries stand in front
    /// again, and padding takes no position.</summary>
    /// <param name="segment">The segment.</param>
    /// <returns>Logits, and the summaries where they are asked for.</returns>
    /// <exception cref="ArgumentException">The sizes do not fit each other or the model.</exception>
    public SegmentNumbers EncodeSegment(SegmentInput segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        segment.EnsureFits(Config);
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        Device device = _model.Weights.Device;
        long[] size = [segment.Batch, segment.Length];
        Tensor ids = tensor(segment.Ids, size, dtype: ScalarType.Int64, device: device);
        Tensor? keep = segment.Keep is { } mask ? tensor(mask, size, dtype: ScalarType.Bool, device: device) : null;
        Tensor? softprompt = segment.Softprompt is { Length: > 0 } vectors
            ? tensor(
                vectors, [segment.Batch, vectors.Length / segment.Batch / Config.HiddenSize, Config.HiddenSize], dtype: ScalarType.Float32, device: device).to(_model.Weights.Type)
            : null;
        SegmentOutput output = SegmentEncoder.Encode(_model, softprompt, ids, keep, segment.Summarise);
        return new SegmentNumbers(
            NamedNumbers.Read(_model.Logits(output.Tokens)), output.Summary is { } summary ? NamedNumbers.Read(summary) : null);
    }

    /// <summary>Counts the bytes of an answer's keys and values.</summary>
    /// <param name="positions">Its positions.</param>
    /// <returns>The bytes, in all layers.</returns>
    public long KeyValueBytes(long positions) => KeyValueCache.BytesFor(Config, 1, positions, _model.Weights.Type);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_owns)
        {
            _model.Dispose();
        }
    }

    internal static LlamaModel MakeRandom(LlamaConfig config, WeightPrecision precision, long seed, LlocoDevice device)
    {
        // Not in inference mode: training cannot go back through tensors that were made there.
        using DisposeScope scope = NewDisposeScope();
        return ShapedModel.Create(config, seed, precision.ToTorch() ?? ScalarType.Float32, device.ToTorch());
    }

    private static LoraAdapter? NoAdapters(string? name) => name is null
        ? null
        : throw new LlocoException($"There is no adapter '{name}': a model with random weights has none.");
}
