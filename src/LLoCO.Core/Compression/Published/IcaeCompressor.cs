using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tokenization;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Compression.Published;

/*
 *   compressing, LoRA on      [ BOS, in the first segment | tokens | slots ]       final norm at the slots: the vectors
 *   answering, LoRA off       [ BOS "[INST]" | vectors of all segments | ft | question | "[/INST]" ]
 *
 * Reference: getao/icae, code/icae_v2 (modeling_icae_multi_span.py, fine_tuned_inference.py). Segments are of equal length, at most
 * 4 tokens for each slot, and see nothing of each other.
 */

/// <summary>The In-context Autoencoder, version 2 (arXiv 2307.06945), on the decoder's own weights.</summary>
internal sealed class IcaeCompressor : IPublishedCompressor
{
    private readonly LoadedModel _model;
    private readonly LoraAdapter _adapter;
    private readonly Tensor _slots;
    private readonly int _begin;

    private IcaeCompressor(LoadedModel model, LoraAdapter adapter, Tensor slots, int begin)
    {
        _model = model;
        _adapter = adapter;
        _slots = slots;
        _begin = begin;
    }

    /// <inheritdoc/>
    public required ModelFingerprint Fingerprint { get; init; }

    /// <inheritdoc/>
    public int Width => _model.Config.HiddenSize;

    /// <inheritdoc/>
    public required PrefixFrame Frame { get; init; }

    /// <inheritdoc/>
    public string Prompt => "{question}";

    /// <inheritdoc/>
    public required IReadOnlyList<int> PromptEnd { get; init; }

    /// <summary>Loads the compressor. Blocking.</summary>
    /// <param name="model">The base model; not disposed here.</param>
    /// <param name="path">The ICAE file.</param>
    /// <param name="tokenizer">The model's tokenizer, for the ids of the instruction marks.</param>
    /// <param name="projector">Fingerprint of the projector that the vectors will go through.</param>
    /// <exception cref="CheckpointFormatException">The file is damaged, or of another base model.</exception>
    internal static IcaeCompressor Load(LoadedModel model, string path, ITokenizer tokenizer, string projector)
    {
        using IcaeFile file = IcaeFile.Open(path);
        int begin = model.Config.BeginOfSequenceId ?? tokenizer.BeginOfSequenceId ?? throw new CheckpointFormatException(
            path, null, "ICAE needs a token that begins a sequence (bos_token_id), and the base model names none");
        return model.Worker.RunAsync(() => Load(model, file, path, begin, tokenizer, projector)).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Cut(ReadOnlySpan<int> tokens)
    {
        // The token that begins the sequence counts, and is the first segment's.
        long total = tokens.Length + 1L;
        long full = (long)IcaeFile.TokensPerSlot * _slots.size(0);
        long segments = (total + full - 1) / full;
        long length = (total + segments - 1) / segments;
        var counts = new List<int>();
        for (long start = 0; start < total && !tokens.IsEmpty; start += length)
        {
            long count = Math.Min(length, total - start) - (start == 0 ? 1 : 0);
            counts.Add((int)count);
        }

        return counts;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<float[]> CompressAsync(
        IReadOnlyList<ReadOnlyMemory<int>> segments,
        ReadOnlyMemory<float> earlier,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(segments);
        for (int i = 0; i < segments.Count; i++)
        {
            _model.CheckIds(segments[i].Span, $"segment {i}");
            int[] ids = earlier.IsEmpty && i == 0 ? [_begin, .. segments[i].Span] : segments[i].ToArray();
            yield return await _model.Worker.RunAsync(() => Encode(ids), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _model.Worker.RunAsync(Release).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The model's thread has ended, so no other code uses them.
            Release();
        }
    }

    private static IcaeCompressor Load(
        LoadedModel model, IcaeFile file, string path, int begin, ITokenizer tokenizer, string projector)
    {
        using IDisposable plain = inference_mode(false);
        using DisposeScope scope = NewDisposeScope();
        LlamaWeights weights = model.Model.Weights;
        var scan = new FiniteScan(file.Tensors.Tensors[IcaeFile.MemoryName].ElementType, TensorLoader.ToElementType(weights.Type));
        Tensor memory = TensorLoader.Load(
            file.Tensors, IcaeFile.MemoryName, [file.Rows, model.Config.HiddenSize], weights.Type, weights.Device, path, scan.See);
        scope.Attach(memory);
        scan.EnsureFinite(path, IcaeFile.MemoryName);
        string hash = $"lloco-icae-1\n{model.Fingerprint.Model}\n{CheckpointHash.Compute(model.Config, file.Tensors)}";
        return new IcaeCompressor(
            model, LoadLora(file, path, model), memory.narrow(0, 0, file.Slots).clone().DetachFromDisposeScope(), begin)
        {
            Fingerprint = model.Fingerprint with
            {
                Model = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hash))),
                SegmentLength = IcaeFile.TokensPerSlot * file.Slots,
                SummaryLength = file.Slots,
                Projector = projector,
            },
            Frame = new PrefixFrame(model.Config.HiddenSize)
            {
                Before = FrameVectors.Embed(model.Model, [begin, .. tokenizer.Encode("[INST]")]),
                After = FrameVectors.Read(memory.narrow(0, file.FineTunedRow, 1)),
            },
            PromptEnd = [.. tokenizer.Encode("[/INST]")],
        };
    }

    private static LoraAdapter LoadLora(IcaeFile file, string path, LoadedModel model)
    {
        using IDisposable guard = no_grad();
        var pairs = new Dictionary<(int Layer, LoraTarget Target), LoraPair>();
        try
        {
            foreach (PeftTensorName up in file.Lora.Keys.Where(name => name.IsB))
            {
                if (up.Layer >= model.Config.Layers)
                {
                    throw new CheckpointFormatException(path, file.Lora[up], $"the base model has {model.Config.Layers} layers only");
                }

                StoredWeight module = LayerTable.Modules(model.Config).FirstOrDefault(one => one.PeftName == up.Module)
                    ?? throw new CheckpointFormatException(path, file.Lora[up], $"the base model has no module {up.Module}");
                long[] shape = module.Shape(model.Config);
                Tensor down = Read(up.Partner, [file.Rank, shape[1]]);
                LoraPair.Add(pairs, up.Layer, module, model.Config, down, Read(up, [shape[0], file.Rank]));
            }

            return new LoraAdapter("icae", file.Rank, IcaeFile.Alpha, pairs);
        }
        catch
        {
            foreach (LoraPair pair in pairs.Values)
            {
                pair.Dispose();
            }

            throw;
        }

        Tensor Read(PeftTensorName name, long[] shape)
        {
            string stored = file.Lora[name];
            var scan = new FiniteScan(file.Tensors.Tensors[stored].ElementType, ElementType.Float32);
            Tensor weight = TensorLoader.Load(
                file.Tensors, stored, shape, ScalarType.Float32, model.Model.Weights.Device, path, scan.See);
            scan.EnsureFinite(path, stored);
            return weight;
        }
    }

    /// <summary>Compresses one segment.</summary>
    /// <param name="ids">Its token ids.</param>
    private float[] Encode(int[] ids)
    {
        LlamaModel model = _model.Model;
        Tensor inputs = cat([model.Embed(CompressionRun.Ids(ids, model.Weights.Device))[0], _slots], 0);
        Tensor hidden = model.Infer(inputs, [new SequenceRows(null, inputs.size(0), _slots.size(0))], _adapter);
        return FrameVectors.Read(hidden);
    }

    private void Release()
    {
        _adapter.Dispose();
        _slots.Dispose();
    }
}
