using System.Text.Json;
using LLoCO.Core.Families;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Reads and writes <c>config.json</c>: the keys of Hugging Face's <c>LlamaConfig</c>, <c>summary_length</c> and
/// <c>accumulate_summary</c> of AutoCompressors, and LLoCO's <c>segment_length</c> and <c>segment_boundary</c>.
/// </summary>
/// <remarks>Keys that are known to change no number are ignored; keys that ask for something this model does not do, and keys
/// that are set and not known, are refused by name.</remarks>
public static class LlamaConfigFile
{
    /// <summary>Name of the file in a model folder.</summary>
    public const string FileName = "config.json";

    private const int MaxBytes = 1 << 20;

    /// <summary>
    /// Widths and counts above these are faults: they are far beyond any LLaMA, and sizes computed from them stay in range.
    /// </summary>
    private const int MaxWidth = 1 << 20;
    private const int MaxTokens = 1 << 24;
    private const int MaxLayers = 1 << 12;
    private const int MaxPositions = 1 << 28;
    private const int MaxHeads = 1 << 14;

    /// <summary>Hugging Face's default of <c>max_position_embeddings</c>.</summary>
    private const int DefaultPositions = 2048;

    /// <summary>Reads a configuration.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The configuration. Optional keys that are absent or null have the defaults of Hugging Face's
    /// <c>LlamaConfig</c> (<c>max_position_embeddings</c> 2,048, <c>rms_norm_eps</c> 1e-6, <c>rope_theta</c> 10,000,
    /// <c>bos_token_id</c> 1, <c>eos_token_id</c> 2, as many key/value heads as heads, untied embeddings), and 0 summary
    /// embeddings.</returns>
    /// <exception cref="CheckpointFormatException">A required key is missing, a value is impossible, a key is set that is not
    /// known, or the model is of an unsupported kind.</exception>
    public static LlamaConfig Read(string path)
    {
        using JsonDocument json = JsonFile.Read(path, MaxBytes);
        var fields = new JsonFields(path, json.RootElement, Asked: new HashSet<string>(StringComparer.Ordinal));
        UnsupportedModel.Refuse(fields);
        ModelFamily family = Family(fields);
        int hidden = fields.Int("hidden_size", 1, MaxWidth);
        int heads = fields.Int("num_attention_heads", 1, MaxHeads);
        int keyValueHeads = fields.Int("num_key_value_heads", 1, MaxHeads, missing: heads);
        if (heads % keyValueHeads != 0)
        {
            throw fields.Fault("num_key_value_heads", $"{keyValueHeads} key/value heads do not divide {heads} heads");
        }

        int layers = fields.Int("num_hidden_layers", 1, MaxLayers);
        int vocabulary = fields.Int("vocab_size", 1, MaxTokens);
        int headDimension = HeadDimension(fields, family, hidden, heads);
        int positions = NativeWindow(fields);
        RopeConfig rope = RopeConfig.Read(fields, family, positions);
        int maxPositions = Stretched(positions, rope.Scaling);
        var config = new LlamaConfig
        {
            VocabularySize = vocabulary,
            HiddenSize = hidden,
            IntermediateSize = fields.Int("intermediate_size", 1, MaxWidth * 4),
            Layers = layers,
            Heads = heads,
            KeyValueHeads = keyValueHeads,
            HeadDimension = headDimension,
            NormEpsilon = fields.Number("rms_norm_eps", 1e-12, 1, missing: family.NormEpsilon),
            RopeTheta = rope.Theta,
            RopeScaling = rope.Scaling,
            MaxPositions = maxPositions,
            TieWordEmbeddings = fields.Flag("tie_word_embeddings", missing: family.TiesEmbeddings),
            SummaryLength = fields.Int("summary_length", 0, MaxWidth, missing: 0),
            AccumulateSummary = fields.Flag("accumulate_summary", missing: true),
            SegmentLength = fields.Int("segment_length", 1, MaxTokens, missing: 1536),
            SegmentBoundary = Boundary(fields),
            BeginOfSequenceId = TokenId(fields, "bos_token_id", vocabulary, missing: 1),
            EndOfSequenceIds = EndIds(fields, vocabulary),
            PadId = PadId(fields, vocabulary),
            Plan = PlanConfig.Read(fields, family, layers, maxPositions, rope) with
            {
                RotatedWidth = RotatedWidth(fields, rope, headDimension),
            },
        };
        ConfigKeys.RefuseUnknown(fields);
        return config;
    }

    /// <summary>Writes a configuration that this library, Hugging Face transformers and AutoCompressors read.</summary>
    /// <param name="path">The file; replaced if it is there.</param>
    /// <param name="config">The configuration.</param>
    public static void Write(string path, LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        AtomicFile.Write(path, stream => LlamaConfigWriter.Write(stream, config));
    }

    private static ModelFamily Family(JsonFields fields)
    {
        string type = fields.Text("model_type") ?? ModelPlan.Llama.ModelType;
        ModelFamily? family = ModelFamily.Find(type);
        if (family is null)
        {
            string families = string.Join(", ", ModelFamily.All.Select(one => one.ModelType));
            throw fields.Fault("model_type", $"'{type}' is not supported; these are: {families}");
        }

        string known = family.Activation == Activation.GeluTanh ? "gelu_pytorch_tanh" : "silu";
        foreach (string key in (ReadOnlySpan<string>)["hidden_act", "hidden_activation"])
        {
            // Two names of x · sigmoid(x).
            string? asked = fields.Text(key);
            if ((asked == "swish" ? "silu" : asked) is { } activation && activation != known)
            {
                throw fields.Fault(key, $"'{activation}' is not supported; only '{known}' is");
            }
        }

        return family;
    }

    /// <summary>Conversions of LLaMA before transformers had the key name the window <c>max_sequence_length</c>, or not at
    /// all.</summary>
    private static int NativeWindow(JsonFields fields) => fields.Find("max_position_embeddings") is null
        ? fields.Int("max_sequence_length", 1, MaxPositions, missing: DefaultPositions)
        : fields.Int("max_position_embeddings", 1, MaxPositions);

    /// <summary>With yarn, <c>max_position_embeddings</c> may still be the window before stretching.</summary>
    private static int Stretched(int positions, RopeScaling scaling) => scaling.Kind == RopeScalingKind.Yarn
        ? (int)Math.Clamp(scaling.OriginalMaxPositions * scaling.Factor, positions, MaxPositions)
        : positions;

    /// <summary>The rotated part of a head, 0 for all of it. The factors of longrope must be as many as its pairs.</summary>
    private static int RotatedWidth(JsonFields fields, RopeConfig rope, int headDimension)
    {
        int width = (int)(headDimension * rope.RotatedShare);
        if (width < 2 || width % 2 != 0)
        {
            throw fields.Fault("partial_rotary_factor", $"{width} of the {headDimension} numbers of a head cannot be rotated in pairs");
        }

        foreach (LongRopeFactors? factors in (LongRopeFactors?[])[rope.Scaling.Long, rope.LocalScaling.Long])
        {
            if (factors is not null && (factors.Short.Count != width / 2 || factors.Long.Count != width / 2))
            {
                throw fields.Fault(
                    "rope_scaling",
                    $"short_factor has {factors.Short.Count} and long_factor {factors.Long.Count} factors for the {width / 2} rotated pairs of a "
                    + "head");
            }
        }

        return width == headDimension ? 0 : width;
    }

    private static int HeadDimension(JsonFields fields, ModelFamily family, int hidden, int heads)
    {
        if (fields.Find("head_dim") is null && family.HeadDimension is null && hidden % heads != 0)
        {
            throw fields.Fault("num_attention_heads", $"{heads} heads do not divide hidden_size {hidden}");
        }

        int dimension = fields.Int("head_dim", 1, MaxWidth, missing: family.HeadDimension ?? (hidden / heads));
        return dimension % 2 == 0 && dimension > 0
            ? dimension
            : throw fields.Fault("head_dim", $"a head of {dimension} numbers cannot be rotated in pairs");
    }

    private static SegmentBoundary Boundary(JsonFields fields) => fields.Text("segment_boundary") switch
    {
        null or "token" => SegmentBoundary.Token,
        "sentence" => SegmentBoundary.Sentence,
        { } other => throw fields.Fault("segment_boundary", $"'{other}' is neither 'token' nor 'sentence'"),
    };

    /// <summary>A key that is null means that there is no such token; one that is absent has Hugging Face's default.</summary>
    private static int? TokenId(JsonFields fields, string key, int vocabulary, int missing)
    {
        if (fields.Find(key) is { } value)
        {
            return fields.ToInt(key, value, 0, vocabulary - 1);
        }

        return fields.Object.TryGetProperty(key, out _) ? null : Math.Min(missing, vocabulary - 1);
    }

    private static IReadOnlyList<int> EndIds(JsonFields fields, int vocabulary)
    {
        const string Key = "eos_token_id";
        if (fields.Find(Key) is { ValueKind: JsonValueKind.Array } several)
        {
            return [.. several.EnumerateArray().Select(id => fields.ToInt(Key, id, 0, vocabulary - 1))];
        }

        return TokenId(fields, Key, vocabulary, missing: 2) is { } one ? [one] : [];
    }

    /// <summary>Older LLaMA files say -1, or an id just beyond the vocabulary, for "no padding".</summary>
    private static int? PadId(JsonFields fields, int vocabulary)
    {
        const string Key = "pad_token_id";
        int? id = fields.Find(Key) is { } value ? fields.ToInt(Key, value, -1, int.MaxValue) : null;
        return id >= 0 && id < vocabulary ? id : null;
    }
}
