namespace LLoCO.Core.Families;

/// <summary>Well-known model shapes, for plans and measurements: cost and speed depend on shapes, not on the values of
/// weights.</summary>
public static class ModelShapes
{
    private const int Vocabulary = 32_000;
    private const int Window = 1 << 18;

    private static readonly Dictionary<string, LlamaConfig> Shapes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["15M"] = Shape(288, 6, 6, 6, 768, tied: true),
        ["110M"] = Shape(768, 12, 12, 12, 2_048, tied: true),
        ["1.1B"] = Shape(2_048, 22, 32, 4, 5_632, tied: false),
        ["3B"] = Shape(3_200, 26, 32, 32, 8_640, tied: false),
        ["7B"] = Shape(4_096, 32, 32, 32, 11_008, tied: false),
        ["smollm2-135m"] = Shape(576, 30, 9, 3, 1_536, tied: true) with { VocabularySize = 49_152, RopeTheta = 100_000 },
        ["gemma3-270m"] = Gemma3(),
        ["qwen3-0.6b"] = Shape(1_024, 28, 16, 8, 3_072, tied: true) with
        {
            VocabularySize = 151_936,
            HeadDimension = 128,
            NormEpsilon = 1e-6,
            RopeTheta = 1_000_000,
            Plan = new ModelPlan { ModelType = "qwen3", Parts = LayerParts.HeadNorms },
        },
        ["llama3.2-1b"] = Shape(2_048, 16, 32, 8, 8_192, tied: true) with
        {
            VocabularySize = 128_256, RopeTheta = 500_000, RopeScaling = new RopeScaling(RopeScalingKind.Llama3, 32),
        },
    };

    /// <summary>Gets the names of the shapes: those of Llama 2's family, smallest first, then those of later models, smallest
    /// first.</summary>
    public static IReadOnlyCollection<string> Names => Shapes.Keys;

    /// <summary>Finds a shape.</summary>
    /// <param name="name">One of <see cref="Names"/>, in any case.</param>
    /// <returns>The shape: segments of 1,536 tokens to 50 summary vectors, and a window that holds every measured context.
    /// </returns>
    /// <exception cref="LlocoException">The name is unknown.</exception>
    public static LlamaConfig Find(string name) => Shapes.TryGetValue(name, out LlamaConfig? config)
        ? config
        : throw new LlocoException($"There is no model shape '{name}'. Known: {string.Join(", ", Names)}.");

    /// <summary>Counts the weights that generating one token reads: all but the token embedding, of which it reads one row
    /// (a tied one is the head, and is read).</summary>
    /// <param name="config">The shape.</param>
    /// <returns>The weights, in numbers.</returns>
    internal static long WeightsPerToken(LlamaConfig config)
    {
        long layer = LayerTable.Select(config).Sum(row => row.Shape(config).Aggregate(1L, (product, size) => product * size));
        return (config.Layers * layer) + config.HiddenSize + ((long)config.VocabularySize * config.HiddenSize);
    }

    private static LlamaConfig Gemma3()
    {
        const int Layers = 18;
        const int Hidden = 640;
        const int Head = 256;
        return Shape(Hidden, Layers, 4, 1, 2_048, tied: true) with
        {
            VocabularySize = 262_144,
            HeadDimension = Head,
            NormEpsilon = 1e-6,
            RopeTheta = 1_000_000,
            Plan = new ModelPlan
            {
                ModelType = "gemma3_text",
                Parts = LayerParts.HeadNorms | LayerParts.OutputNorms,
                Activation = Activation.GeluTanh,
                NormsAddOne = true,
                EmbeddingFactor = Math.Sqrt(Hidden),
                AttentionFactor = 1 / Math.Sqrt(Head),
                Window = 512,
                Windowed = [.. Enumerable.Range(1, Layers).Select(layer => layer % 6 != 0)],
                LocalRopeTheta = 10_000,
            },
        };
    }

    private static LlamaConfig Shape(int hidden, int layers, int heads, int keyValueHeads, int inner, bool tied) => new()
    {
        VocabularySize = Vocabulary,
        HiddenSize = hidden,
        IntermediateSize = inner,
        Layers = layers,
        Heads = heads,
        KeyValueHeads = keyValueHeads,
        HeadDimension = hidden / heads,
        MaxPositions = Window,
        TieWordEmbeddings = tied,
        SummaryLength = 50,
    };
}
