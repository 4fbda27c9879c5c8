using System.Diagnostics;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Families;
using LLoCO.Core.Runtime;
using LLoCO.Training.Probing;
using static TorchSharp.torch;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Reads prompts of random ids with random weights, as an answer begins: into an empty cache, up to the logits of the
/// last token.</summary>
internal sealed class BenchPromptRun : IDisposable
{
    private const int WarmTokens = 64;

    private readonly string _shape;
    private readonly BenchEnvironment _environment;
    private readonly ToolConsole _console;
    private readonly LlamaConfig _config;
    private readonly ModelPasses _model;

    /// <summary>Makes the model.</summary>
    /// <param name="shape">Name of its shape.</param>
    /// <param name="environment">What the measurement runs on.</param>
    /// <param name="console">Where rows go.</param>
    public BenchPromptRun(string shape, BenchEnvironment environment, ToolConsole console)
    {
        LlocoRuntime.EnsureAvailable();
        set_num_threads(environment.Threads);
        (_shape, _environment, _console) = (shape, environment, console);
        _config = ModelShapes.Find(shape);
        _model = ModelPasses.CreateRandom(_config);
    }

    /// <summary>Reads a prompt several times.</summary>
    /// <param name="tokens">Its tokens; at least 1.</param>
    /// <param name="repeats">How often; at least 1. One shorter reading more warms up.</param>
    /// <param name="cancellationToken">Checked before each reading.</param>
    public void Run(int tokens, int repeats, CancellationToken cancellationToken)
    {
        int[] ids = RandomContext.Ids(_config, tokens, 3);
        Read(ids.AsSpan(0, Math.Min(WarmTokens, tokens)));
        var times = new List<double>();
        for (int i = 0; i < repeats; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            times.Add(Read(ids));
        }

        string name = string.Create(CultureInfo.InvariantCulture, $"prompt-{_shape}-{tokens}");
        (double seconds, double best) = (Medians.Compute(times), times.Min());
        double rate = SpeedupScenario.Operations(_config, tokens) / seconds;
        bool wide = ProductRates.AreWidened(WeightPrecision.BFloat16, tokens);
        _console.Result(
            new
            {
                name,
                shape = _shape,
                tokens,
                seconds,
                best_seconds = best,
                repetitions = repeats,
                tokens_per_second = tokens / seconds,
                gigaflops = rate / 1e9,
                products = wide ? "float32" : "bfloat16",
                environment = _environment,
            },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-18} {tokens / seconds,8:F1} tokens/s (best {tokens / best:F1}), {rate / 1e9,4:F0} GFLOP/s"
                + $"{(wide ? ", products widened to float32" : string.Empty)}"));
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private double Read(ReadOnlySpan<int> ids)
    {
        using PassSession session = _model.Begin(ids.Length + 1);
        long started = Stopwatch.GetTimestamp();
        float[] logits = session.FeedTokens(ids);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return float.IsFinite(logits[0]) ? seconds : throw new LlocoException("A logit of random weights is no number.");
    }
}
