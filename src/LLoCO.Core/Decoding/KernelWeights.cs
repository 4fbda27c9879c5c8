using LLoCO.Core.Families;
using LLoCO.Core.Kernels;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Decoding;

/// <summary>Gives the decoding kernels access to libtorch's weights: floating-point weights in place, quantized weights as
/// copies.</summary>
internal static unsafe class KernelWeights
{
    /// <summary>Gets whether the kernels can read a model's weights: they lie in main memory in a format known to them.</summary>
    internal static bool CanRead(LlamaModel model) =>
        model.Weights.Device.type == DeviceType.CPU
        && model.Weights.Type is ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16;

    /// <summary>Creates the kernels' weights. Call on the model's thread; the model must outlive them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="format">The format of the matrices.</param>
    internal static DecoderWeights Create(LlamaModel model, DecodeWeights format)
    {
        LlamaWeights weights = model.Weights;
        LlamaConfig config = model.Config;
        return new DecoderWeights
        {
            Shape = Shape(model),
            Embedding = Shared(weights.StoredEmbedding),
            Layers = Array.ConvertAll(weights.Layers, layer => Layer(config, layer, format)),
            FinalNorm = Floats(weights.StoredNorm, NormGain(config)),
            Head = Matrix(weights.StoredHead, format),
        };
    }

    /// <summary>Gives the kernels access to an adapter's pairs; the adapter must outlive them.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="layers">Decoder layers.</param>
    internal static DecoderAdapter Adapter(LoraAdapter adapter, int layers)
    {
        var shown = new DecoderAdapter(layers, (float)(adapter.Alpha / adapter.Rank));
        foreach (((int layer, LoraTarget target), LoraPair pair) in adapter.Pairs)
        {
            shown[layer, target] = new AdapterPair(
                pair.StoredDown.Address, pair.StoredUp.Address, (int)pair.StoredDown.Shape[0]);
        }

        return shown;
    }

    /// <summary>The kernels' name of a number format.</summary>
    internal static MatrixFormat FormatOf(ScalarType type) => type switch
    {
        ScalarType.Float32 => MatrixFormat.Float32,
        ScalarType.BFloat16 => MatrixFormat.BFloat16,
        ScalarType.Float16 => MatrixFormat.Float16,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The kernels do not read this format."),
    };

    private static DecoderShape Shape(LlamaModel model)
    {
        LlamaConfig config = model.Config;
        ModelPlan plan = config.Plan;
        var rotary = RotaryFrequencies.Create(config);
        RotaryFrequencies? local = plan.LocalRopeTheta is null ? null : RotaryFrequencies.Create(config, local: true);
        return new DecoderShape
        {
            Vocabulary = config.VocabularySize,
            Hidden = config.HiddenSize,
            Inner = config.IntermediateSize,
            Heads = config.Heads,
            KeyValueHeads = config.KeyValueHeads,
            HeadWidth = config.HeadDimension,
            Epsilon = (float)config.NormEpsilon,
            Frequencies = rotary.Short,
            LongFrequencies = rotary.Long,
            LongFrom = config.RopeScaling.OriginalMaxPositions,
            AngleFactor = rotary.Factor,
            InputFactor = (float)(plan.InputFactor * model.EmbeddingFactor),
            VectorFactor = (float)plan.InputFactor,
            ScoreFactor = (float)plan.ScoreFactor(config),
            ResidualFactor = (float)plan.ResidualFactor,
            LogitsFactor = (float)(1 / plan.LogitsDivisor),
            LocalFrequencies = local?.Short,
            LocalAngleFactor = local?.Factor ?? 1,
            IsLocal = plan.IsLocal,
            WindowOf = plan.WindowOf,
            Activation = plan.Activation,
            Rotates = plan.Rotates,
            NormsAllHeads = plan.Parts.HasFlag(LayerParts.WidthNorms),
        };
    }

    private static DecoderLayer Layer(LlamaConfig config, LlamaLayerWeights layer, DecodeWeights format)
    {
        var matrices = new WeightMatrix[LayerTable.Linears];
        var vectors = new NativeBlock?[LayerTable.Places];
        foreach (LayerRow row in LayerTable.Select(config))
        {
            if (row.Target is { } target)
            {
                matrices[(int)target] = Matrix(Weight(layer, row.Weight), format);
            }
            else
            {
                vectors[(int)row.Weight] = Floats(Weight(layer, row.Weight), row.IsBias ? 0 : NormGain(config));
            }
        }

        return new DecoderLayer(matrices, vectors);
    }

    private static LazyTensor Weight(LlamaLayerWeights layer, LayerWeight which) => layer.FindStored(which)
        ?? throw new InvalidOperationException($"The model's layers have no weight {which}.");

    private static WeightMatrix Shared(LazyTensor weight) =>
        new(FormatOf(weight.Type), (int)weight.Shape[0], (int)weight.Shape[1], (void*)weight.Address);

    private static WeightMatrix Matrix(LazyTensor weight, DecodeWeights format) => format switch
    {
        DecodeWeights.AsStored => Shared(weight),
        DecodeWeights.Int8 => MatrixQuantizer.Quantize(Shared(weight), MatrixFormat.Int8),
        DecodeWeights.Int4 => MatrixQuantizer.Quantize(Shared(weight), MatrixFormat.Int4),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Unknown format of decoding weights."),
    };

    /// <summary>The number added to the weights of norms.</summary>
    private static float NormGain(LlamaConfig config) => config.Plan.NormsAddOne ? 1 : 0;

    private static NativeBlock Floats(LazyTensor vector, float plus)
    {
        int count = checked((int)vector.Shape[0]);
        var block = new NativeBlock(4L * count);
        MatrixFormat format = FormatOf(vector.Type);
        byte* numbers = (byte*)vector.Address;
        for (int index = 0; index < count; index++)
        {
            block.Floats[index] = Numbers.Read(format, numbers, index) + plus;
        }

        return block;
    }
}
