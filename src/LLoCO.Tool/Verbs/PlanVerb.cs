using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Families;
using LLoCO.Evaluation.Planning;
using LLoCO.Tool.Verbs.Bench;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco plan</c>: what compression costs and saves, and after how many questions it pays.</summary>
internal static class PlanVerb
{
    private const double Giga = 1e9;

    public static Command Create(CommonOptions common, ToolConsole console)
    {
        Option<int?> tokens = CommonOptions.AtLeast(1, new Option<int?>("--tokens") { Description = "Tokens of a document." });
        Option<int> documents = Count("--documents", 1, "Documents; one adapter reads them all.");
        Option<int> questions = Count("--questions", 100, "Questions expected, over all documents.");
        Option<int> question = Count("--question-tokens", 64, "Tokens of a question with its prompt.");
        Option<int> answer = Count("--answer-tokens", 32, "Tokens of an answer.");
        Option<int> retrieved = Count("--retrieved-tokens", 2048, "Raw tokens that retrieval puts in front of a question.");
        Option<int?> segment = CommonOptions.AtLeast(1, new Option<int?>("--segment-tokens")
        {
            Description = "Tokens of a segment; the model's segment length where it is left out.",
        });
        Option<int> pairs = CommonOptions.AtLeast(0, new Option<int>("--pairs")
        {
            Description = "Question/answer pairs that the adapter is trained on.",
        });
        Option<int> epochs = Count("--epochs", 3, "How often training goes over the pairs.");
        Option<int> threads = BenchOptions.Threads();
        Option<string?> shape = MeasuredModel.Shape();
        var figures = new PlanDevice();
        var check = new Option<bool>("--check")
        {
            Description = "Measures this machine, predicts, runs what was predicted and compares; fails beyond 25 %.",
        };
        var verb = new Command(
            "plan", "What full context, retrieval and LLoCO cost for a document, and after how many questions LLoCO pays.")
        {
            tokens, documents, questions, question, answer, retrieved, segment, pairs, epochs, shape, threads, check,
        };
        figures.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, _) =>
        {
            string? named = parsed.GetValue(shape);
            (LlamaConfig config, WeightPrecision precision) = MeasuredModel.Describe(common, parsed, named);
            if (parsed.GetValue(check))
            {
                IReadOnlyList<PlanCheckRow> rows = await MeasuredModel.RunAsync(
                    common, parsed, named, parsed.GetValue(threads),
                    (meter, model, bytes) => PlanCheck.Run(meter, model, bytes, parsed.GetValue(tokens))).ConfigureAwait(false);
                return PlanCheck.Write(rows, console);
            }

            var workload = new PlanWorkload
            {
                DocumentTokens = parsed.GetValue(tokens) ?? throw new ToolUsageException("--tokens is missing."),
                Documents = parsed.GetValue(documents),
                Questions = parsed.GetValue(questions),
                QuestionTokens = parsed.GetValue(question),
                AnswerTokens = parsed.GetValue(answer),
                RetrievedTokens = parsed.GetValue(retrieved),
                SegmentTokens = parsed.GetValue(segment),
                TrainingPairs = parsed.GetValue(pairs),
                TrainingEpochs = parsed.GetValue(epochs),
            };
            DeviceFigures device = figures.Given(parsed) ?? await MeasuredModel.RunAsync(
                common, parsed, named, parsed.GetValue(threads), (meter, _, _) => meter.Measure()).ConfigureAwait(false);
            PlanEstimate plan = PlanEstimate.Create(config, device, workload, precision);
            console.Result(PlanReport.ToJson(plan, device), PlanReport.Describe(plan, device));
            return 0;
        });
        return verb;
    }

    private static Option<int> Count(string name, int value, string description) => CommonOptions.AtLeast(
        1, new Option<int>(name) { Description = description, DefaultValueFactory = _ => value });

    /// <summary>The device figures, where they are given rather than measured.</summary>
    private sealed class PlanDevice
    {
        private readonly Option<double?> _flops = Figure("--gflops", "GFLOP/s of matrices; measured here where it is left out.");
        private readonly Option<double?> _weights = Figure("--gbytes", "GB/s of weights read; goes with --gflops.");
        private readonly Option<double?> _attention = Figure("--attention-gflops", "GFLOP/s of attention.");
        private readonly Option<double?> _keyValues = Figure("--cache-gbytes", "GB/s of keys and values read.");
        private readonly Option<double?> _training = Figure("--training-gflops", "GFLOP/s of training.");

        public void AddTo(Command verb)
        {
            foreach (Option<double?> option in new[] { _flops, _weights, _attention, _keyValues, _training })
            {
                verb.Options.Add(option);
            }
        }

        public DeviceFigures? Given(ParseResult parsed) => (parsed.GetValue(_flops), parsed.GetValue(_weights)) switch
        {
            (null, null) => null,
            ({ } flops, { } weights) => new DeviceFigures
            {
                FlopsPerSecond = flops * Giga,
                WeightBytesPerSecond = weights * Giga,
                AttentionFlopsPerSecond = parsed.GetValue(_attention) * Giga,
                CacheBytesPerSecond = parsed.GetValue(_keyValues) * Giga,
                TrainingFlopsPerSecond = parsed.GetValue(_training) * Giga,
            },
            _ => throw new ToolUsageException("--gflops and --gbytes go together; without both this machine is measured."),
        };

        private static Option<double?> Figure(string name, string description) => new(name) { Description = description };
    }
}
