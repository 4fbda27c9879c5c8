using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tests.Index;
using LLoCO.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Training;

/// <summary>The windowed losses against the plain passes that the goldens check, all summaries as inputs of every pass.</summary>
public sealed class CompressorLearnerTests
{
    private static readonly LlamaConfig Config = new()
    {
        VocabularySize = 40, HiddenSize = 32, IntermediateSize = 48, Layers = 2, Heads = 4, KeyValueHeads = 4, HeadDimension = 8,
        MaxPositions = 256, TieWordEmbeddings = true, SummaryLength = 3, SegmentLength = 8, BeginOfSequenceId = 1,
    };

    private static readonly int[][] First = [[3, 4, 5, 6, 7, 8, 9], [10, 11, 12, 13], [14, 15, 16, 17, 18, 19]];
    private static readonly int[][] Second = [[20, 21, 22], [23, 24, 25, 26, 27, 28, 29], [30, 31, 32, 33]];

    [Fact]
    public void Run_LanguageLoss_EqualsThePlainPasses()
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using LlamaModel model = Model();
        SegmentedDocument[] rows = [new(First, []), new(Second, [])];

        CompressorLoss loss = Run(model, rows, new CompressorTrainingOptions());

        double expected = (PlainLanguage(model, First) + PlainLanguage(model, Second))
            / (First.Sum(part => part.Length) + Second.Sum(part => part.Length) - 2);
        Assert.True(expected > 1, "the losses are too small to tell a fault");
        Assert.Equal(expected, loss.Loss, 1e-4);
    }

    [Fact]
    public void Run_ReconstructionLoss_EqualsThePlainPasses()
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using LlamaModel model = Model();

        CompressorLoss loss = Run(
            model, [new(First, [])], new CompressorTrainingOptions { LanguageWeight = 0, ReconstructionWeight = 2 });

        double sum = 0;
        foreach ((Tensor summary, int[] segment) in Summaries(model, First).Zip(First))
        {
            sum += PlainItem(model, summary, [1], segment);
        }

        Assert.Equal(2 * sum / First.Sum(part => part.Length), loss.Loss, 1e-4);
    }

    [Fact]
    public void Run_QuestionLoss_ReadsAllSummaries()
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using LlamaModel model = Model();
        CompressorQuestion question = new(new[] { 9, 8 }, new[] { 35, 36, 2 });

        CompressorLoss loss = Run(
            model, [new(First, [question])], new CompressorTrainingOptions { LanguageWeight = 0, QuestionWeight = 1 });

        double expected = PlainItem(model, cat(Summaries(model, First), 1), [9, 8], [35, 36, 2]) / 3;
        Assert.Equal(expected, loss.Loss, 1e-4);
        Assert.Equal(1, loss.Asked);
    }

    [Fact]
    public void Run_QuestionLossWithAProjector_ReadsWhatItMakesOfTheSummaries()
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using LlamaModel model = Model();
        using var folder = new TemporaryFolder();
        Tensor map = randn([Config.HiddenSize, Config.HiddenSize], generator: new Generator(7, CPU));
        StageCheckpoint.WriteTensors(folder.PathOf("projector.safetensors"), [("projector.weight", map)], null);
        using TrainedProjector projector = TrainedProjector.Find(folder.PathOf("."), Config.HiddenSize, learns: true, CPU)!;
        CompressorQuestion question = new(new[] { 9, 8 }, new[] { 35, 36, 2 });
        SegmentedDocument[] rows = [new(First, [question])];
        var options = new CompressorTrainingOptions { LanguageWeight = 0 };

        CompressorLoss loss = new CompressorLearner(model, null, options, projector).Run(rows, CompressorTotals.Create(rows), learn: false);

        double expected = PlainItem(model, nn.functional.linear(cat(Summaries(model, First), 1), map), [9, 8], [35, 36, 2]) / 3;
        Assert.Equal(expected, loss.Loss, 1e-4);
        Assert.NotEqual(Run(model, rows, options).Loss, loss.Loss, 1e-2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_Gradients_ReachAsManySegmentsAsAsked(int window)
    {
        using DisposeScope scope = NewDisposeScope();

        // A head of its own: a tied one gives every embedding a gradient as output.
        LlamaConfig untied = Config with { TieWordEmbeddings = false };
        using LlamaModel model = new(LlamaWeights.Random(untied, 5, ScalarType.Float32, CPU).AsParameters());
        SegmentedDocument[] rows = [new([[20, 21], [22, 23], [24, 25]], [new(new[] { 9 }, new[] { 35, 2 })])];
        var options = new CompressorTrainingOptions { LanguageWeight = 0, GradientSegments = window };

        new CompressorLearner(model, null, options).Run(rows, CompressorTotals.Create(rows), learn: true);

        // Windows begin at the first segment: of three, windows of two hold the first two together and the third alone.
        bool[] reached = [.. rows[0].Segments
            .Select(part => model.Weights.TokenEmbedding.grad![part[0]].abs().sum().item<float>() > 0)];
        Assert.Equal(window == 3 ? [true, true, true] : [false, false, true], reached);
        Assert.True(model.Weights.SummaryEmbedding!.grad!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void Merged_Update_GivesTheLossOfModelAndAdapter()
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using LlamaModel model = Model();
        using LoraAdapter adapter = LoraAdapter.Fresh("a", Config, 4, 8, Enum.GetValues<LoraTarget>(), 3, CPU);
        foreach ((string name, Tensor weight) in adapter.Named().Where(entry => entry.Name.Contains("lora_B")))
        {
            weight.copy_(randn(weight.shape, generator: new Generator((ulong)name.Length, CPU)).Times(0.1));
        }

        using LlamaModel merged = new(LlamaWeights.From(
            Config, name => adapter.Merged(name, Named(model, name)) ?? Named(model, name).clone()));
        SegmentedDocument[] rows = [new(First, [])];
        CompressorTrainingOptions options = new();
        double beside = new CompressorLearner(model, adapter, options).Run(rows, CompressorTotals.Create(rows), false).Loss;

        Assert.NotEqual(Run(model, rows, options).Loss, beside, 1e-2);
        Assert.Equal(beside, Run(merged, rows, options).Loss, 1e-4);
    }

    private static CompressorLoss Run(LlamaModel model, SegmentedDocument[] rows, CompressorTrainingOptions options) =>
        new CompressorLearner(model, null, options).Run(rows, CompressorTotals.Create(rows), learn: false);

    private static double PlainLanguage(LlamaModel model, int[][] segments)
    {
        int[] next = [.. segments.SelectMany(part => part).Skip(1)];
        Tensor? before = null;
        var hidden = new List<Tensor>();
        foreach (int[] segment in segments)
        {
            SegmentOutput output = SegmentEncoder.Encode(model, before, Ids(segment), null, summarise: true);
            before = before is null ? output.Summary : cat([before, output.Summary!], 1);
            hidden.Add(output.Tokens);
        }

        Tensor logits = model.Logits(cat(hidden, 1))[0].narrow(0, 0, next.Length);
        return nn.functional.cross_entropy(logits, Ids(next)[0], reduction: nn.Reduction.Sum).item<float>();
    }

    private static List<Tensor> Summaries(LlamaModel model, int[][] segments)
    {
        var summaries = new List<Tensor>();
        foreach (int[] segment in segments)
        {
            Tensor? before = summaries.Count == 0 ? null : cat(summaries, 1);
            summaries.Add(SegmentEncoder.Encode(model, before, Ids(segment), null, summarise: true).Summary!);
        }

        return summaries;
    }

    private static double PlainItem(LlamaModel model, Tensor prefix, int[] given, int[] learned)
    {
        Tensor inputs = cat([prefix, model.Embed(Ids([.. given, .. learned]))], 1);
        Tensor hidden = model.Forward(inputs, ForwardPass.Consecutive(0, inputs.size(1), CPU));
        Tensor places = hidden.narrow(1, prefix.size(1) + given.Length - 1, learned.Length);
        return nn.functional.cross_entropy(model.Logits(places)[0], Ids(learned)[0], reduction: nn.Reduction.Sum).item<float>();
    }

    private static Tensor Named(LlamaModel model, string name) =>
        model.Weights.Named().Single(entry => entry.Name == name).Weight;

    private static Tensor Ids(int[] ids) => tensor(ids.Select(id => (long)id).ToArray(), [1, ids.Length]);

    private static LlamaModel Model() => new(Weights());

    private static LlamaWeights Weights()
    {
        LlamaWeights weights = LlamaWeights.Random(Config, 5, ScalarType.Float32, CPU);
        using IDisposable guard = no_grad();
        foreach ((_, Tensor weight) in weights.Named().Where(entry => entry.Weight.dim() == 2))
        {
            // Larger than at the start of training, so that a wrong position or mask moves the losses far beyond rounding.
            weight.Multiply(8);
        }

        return weights;
    }
}
