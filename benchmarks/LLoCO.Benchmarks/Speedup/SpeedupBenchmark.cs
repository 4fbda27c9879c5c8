using System.Globalization;
using BenchmarkDotNet.Attributes;
using LLoCO.Tool.Verbs.Bench;
using LLoCO.Training.Probing;

namespace LLoCO.Benchmarks.Speedup;

/// <summary>
/// A question of 64 tokens behind a whole context, behind its summary, and behind a summary whose states the prefix cache has
/// (arXiv 2404.07979, section 4.3): to the first token, to the 64th, and per token. Random weights in bf16, 1,536 tokens to 50
/// vectors; compression is offline and not in the times.
/// </summary>
/// <remarks>
/// Rows that would take too long or too much memory say so in place of a time (<see cref="SpeedupLimits"/>).
/// <c>LLOCO_BENCH_SHAPES=15M,110M,1.1B,7B</c> and <c>LLOCO_BENCH_CONTEXTS=1024,4096</c> choose shapes and lengths.
/// Rows of <see cref="Token"/> generate behind random keys and values, since only their number matters for the time.
/// </remarks>
[SpeedupConfig]
public class SpeedupBenchmark
{
    private const string FirstToken = "first token";
    private const string Answer = "64 tokens";
    private const string Token = "per token";
    private const int TokensTimed = 9;
    private SpeedupScenario? _scenario;
    private PassSession? _answer;

    /// <summary>Gets the shapes; 7B only where it is asked for.</summary>
    public static IEnumerable<string> Shapes =>
        (Environment.GetEnvironmentVariable("LLOCO_BENCH_SHAPES") ?? "15M,110M,1.1B").Split(',');

    /// <summary>Gets the lengths, in tokens.</summary>
    public static IEnumerable<int> Contexts =>
        (Environment.GetEnvironmentVariable("LLOCO_BENCH_CONTEXTS") ?? "1024,4096,16384,32768,131072").Split(',')
        .Select(length => int.Parse(length, CultureInfo.InvariantCulture));

    /// <summary>Tokens of the context.</summary>
    [ParamsSource(nameof(Contexts))]
    public int Context { get; set; }

    /// <summary>The model's shape.</summary>
    [ParamsSource(nameof(Shapes))]
    public string Shape { get; set; } = "110M";

    /// <summary>Makes the model, and warms up at a small size.</summary>
    [GlobalSetup]
    public void MakeModel()
    {
        _scenario = new SpeedupScenario(Shape);
        _scenario.Full(1_024, 2);
        _scenario.Remember(Context);
        _scenario.Prepare(Context);
    }

    /// <summary>Fills a cache as long as the context.</summary>
    [IterationSetup(Target = nameof(FullToken))]
    public void BeginBehindContext()
    {
        Ensure(SpeedupLimits.Reason(Shape, Context, reads: false));
        _answer = _scenario!.BeginBehind(Context, TokensTimed);
    }

    /// <summary>Fills a cache as long as the summary.</summary>
    [IterationSetup(Target = nameof(SummaryToken))]
    public void BeginBehindSummary() => _answer = _scenario!.BeginBehind(_scenario.VectorsFor(Context), TokensTimed);

    /// <summary>Releases the cache.</summary>
    [IterationCleanup(Targets = [nameof(FullToken), nameof(SummaryToken)])]
    public void EndAnswer() => _answer?.Dispose();

    /// <summary>Releases the model.</summary>
    [GlobalCleanup]
    public void Release() => _scenario!.Dispose();

    /// <summary>The raw context, to the first token.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory(FirstToken)]
    public double FullFirst() => Readable().Full(Context, 1).First;

    /// <summary>The summary, to the first token.</summary>
    [Benchmark]
    [BenchmarkCategory(FirstToken)]
    public double SummaryFirst() => _scenario!.Summary(Context, 1, known: false).First;

    /// <summary>The summary from the prefix cache, to the first token.</summary>
    [Benchmark]
    [BenchmarkCategory(FirstToken)]
    public double CachedFirst() => _scenario!.Summary(Context, 1, known: true).First;

    /// <summary>The summary, its states from a folder that was filled offline, to the first token.</summary>
    [Benchmark]
    [BenchmarkCategory(FirstToken)]
    public double PreparedFirst() => _scenario!.SummaryFromFolder(Context, 1).First;

    /// <summary>The raw context, 64 tokens.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory(Answer)]
    public double FullAnswer() => Readable().Full(Context, SpeedupScenario.AnswerTokens).Total;

    /// <summary>The summary, 64 tokens.</summary>
    [Benchmark]
    [BenchmarkCategory(Answer)]
    public double SummaryAnswer() => _scenario!.Summary(Context, SpeedupScenario.AnswerTokens, known: false).Total;

    /// <summary>The summary from the prefix cache, 64 tokens.</summary>
    [Benchmark]
    [BenchmarkCategory(Answer)]
    public double CachedAnswer() => _scenario!.Summary(Context, SpeedupScenario.AnswerTokens, known: true).Total;

    /// <summary>Behind the raw context, 9 tokens one by one.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = TokensTimed)]
    [BenchmarkCategory(Token)]
    public double FullToken() => SpeedupScenario.Generate(_answer!, TokensTimed);

    /// <summary>Behind the summary, 9 tokens one by one.</summary>
    [Benchmark(OperationsPerInvoke = TokensTimed)]
    [BenchmarkCategory(Token)]
    public double SummaryToken() => SpeedupScenario.Generate(_answer!, TokensTimed);

    /// <summary>The scenario, where the raw context can be read within time and memory.</summary>
    private SpeedupScenario Readable()
    {
        Ensure(SpeedupLimits.Reason(Shape, Context, reads: true));
        return _scenario!;
    }

    private static void Ensure(string? reason)
    {
        if (reason is not null)
        {
            throw new InvalidOperationException($"Not measured: {reason}.");
        }
    }
}
