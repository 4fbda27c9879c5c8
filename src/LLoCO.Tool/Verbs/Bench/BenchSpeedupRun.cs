using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Runtime;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Measures the rows of <c>lloco bench speedup</c>, both variants alternately.</summary>
/// <param name="shape">Name of the model's shape.</param>
/// <param name="limit">Most seconds that reading a raw context may take.</param>
/// <param name="repeats">Times to measure each way.</param>
/// <param name="console">Where rows go.</param>
internal sealed class BenchSpeedupRun(string shape, int limit, int repeats, ToolConsole console)
{
    private const int Thousand = 1024;
    private const int TokensTimed = 9;

    /// <summary>Seconds that all readings of one raw context may take together before they are repeated less often.</summary>
    private const double Patience = 45;

    /// <summary>Measures the named rows and writes each as it is done.</summary>
    /// <param name="names">The rows.</param>
    /// <param name="cancellationToken">Checked before each answer.</param>
    /// <returns>Whether all of them could be measured.</returns>
    public bool Run(IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        LlocoRuntime.EnsureAvailable();
        using var scenario = new SpeedupScenario(shape);
        double rate = Warm(scenario);
        bool all = true;
        foreach (int context in (int[])[4, 8, 32])
        {
            string[] rows = [.. names.Where(name => name == $"ttft-{context}k" || name == $"e2e-{context}k")];
            if (rows.Length > 0)
            {
                all &= RunContext(scenario, context * Thousand, rows, rate, cancellationToken);
            }
        }

        if (names.Contains("token-128k"))
        {
            all &= RunToken(scenario, 128 * Thousand, cancellationToken);
        }

        if (names.Contains("second-100k"))
        {
            RunSecond(scenario, 100 * Thousand, cancellationToken);
        }

        return all;
    }

    /// <summary>Runs everything once at a small size.</summary>
    /// <returns>Operations per second while reading.</returns>
    private static double Warm(SpeedupScenario scenario)
    {
        scenario.Full(Thousand, 2);
        scenario.Remember(Thousand);
        return scenario.ReadOperations(Thousand) / scenario.Full(Thousand, 1).First;
    }

    private bool RunContext(
        SpeedupScenario scenario, int context, IReadOnlyList<string> rows, double rate, CancellationToken cancellationToken)
    {
        double expected = scenario.ReadOperations(context) / rate;
        if (!Fits(scenario, context, out string reason))
        {
            return Skip(rows, reason);
        }

        bool sampled = expected > limit;
        int answer = rows.Any(row => row.StartsWith("e2e", StringComparison.Ordinal)) ? SpeedupScenario.AnswerTokens : 1;
        int readings = sampled ? 1 : (int)Math.Clamp(Patience / expected, 1, repeats);
        var full = new List<AnswerTime>();
        var first = new List<AnswerTime>();
        var prepared = new List<AnswerTime>();
        var later = new List<AnswerTime>();
        scenario.Remember(context);
        scenario.Prepare(context);
        for (int turn = 0; turn < repeats; turn++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (turn < readings)
            {
                full.Add(sampled ? scenario.FullSampled(context, answer) : scenario.Full(context, answer));
                console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{context} raw tokens: first token after {full[^1].First:F2} s, {answer} tokens after {full[^1].Total:F2} s"));
            }

            first.Add(scenario.Summary(context, answer, known: false));
            prepared.Add(scenario.SummaryFromFolder(context, answer));
            later.Add(scenario.Summary(context, answer, known: true));
        }

        foreach (string name in rows)
        {
            Func<AnswerTime, double> part = name.StartsWith("ttft", StringComparison.Ordinal) ? time => time.First : time => time.Total;
            const string Cached = "prefix keys and values from the prefix cache";
            const string Estimated = "; the raw context timed in 5 of its passes, behind random keys and values";
            Report(Row(scenario, name, context, full.Select(part), later.Select(part), sampled ? Cached + Estimated : Cached) with
            {
                FirstQuestionSeconds = Medians.Compute(first.Select(part)),
                PreparedFirstSeconds = Medians.Compute(prepared.Select(part)),
            });
        }

        return true;
    }

    private bool RunToken(SpeedupScenario scenario, int context, CancellationToken cancellationToken)
    {
        const string Name = "token-128k";
        if (!Fits(scenario, context, out string reason))
        {
            return Skip([Name], reason);
        }

        int vectors = scenario.VectorsFor(context);
        var full = new List<double>();
        var lloco = new List<double>();
        for (int turn = 0; turn < repeats; turn++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            full.Add(scenario.TokenSeconds(context + SpeedupScenario.QuestionTokens, TokensTimed));
            lloco.Add(scenario.TokenSeconds(vectors + SpeedupScenario.QuestionTokens, TokensTimed));
        }

        Report(Row(
            scenario, Name, context, full, lloco,
            $"per generated token; keys and values are random on both sides, each time the median of {TokensTimed} tokens"));
        return true;
    }

    /// <summary>The second question about a long document, compared with the same question without a prefix.</summary>
    private void RunSecond(SpeedupScenario scenario, int context, CancellationToken cancellationToken)
    {
        var first = new List<double>();
        var second = new List<double>();
        var alone = new List<double>();
        scenario.Remember(context);
        for (int turn = 0; turn < repeats; turn++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            first.Add(scenario.Summary(context, 1, known: false).First);
            second.Add(scenario.Summary(context, 1, known: true).First);
            alone.Add(scenario.Full(0, 1).First);
        }

        (double one, double two, double own) = (Medians.Compute(first), Medians.Compute(second), Medians.Compute(alone));
        console.Result(
            new
            {
                name = "second-100k",
                shape,
                context,
                vectors = scenario.VectorsFor(context),
                first_question_seconds = one,
                second_question_seconds = two,
                question_alone_seconds = own,
                ratio = one / two,
                repetitions = repeats,
                note = "to the first token; the second question finds the document's keys and values in the prefix cache",
            },
            string.Create(
                CultureInfo.InvariantCulture,
                $"second-100k {shape,-5} first question {one:F4} s, second {two:F4} s ({one / two:F1}x); its own tokens behind nothing {own:F4} s"));
    }

    private static bool Fits(SpeedupScenario scenario, int context, out string reason)
    {
        long needed = scenario.CacheBytes(context + SpeedupScenario.QuestionTokens);
        long free = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - ProcessMemory.Resident;
        reason = string.Create(
            CultureInfo.InvariantCulture, $"keys and values take {needed / 1e9:F1} GB, {free / 1e9:F1} GB are free");
        return needed < free * 0.8;
    }

    private SpeedupRow Row(
        SpeedupScenario scenario, string name, int context, IEnumerable<double> full, IEnumerable<double> lloco, string note)
    {
        double[] one = [.. full];
        double[] two = [.. lloco];
        int vectors = scenario.VectorsFor(context);
        bool wide = ProductRates.AreWidened(WeightPrecision.BFloat16, context);
        return new SpeedupRow(name, Medians.Compute(one), Medians.Compute(two), note + (wide ? "; products widened to float32" : string.Empty))
        {
            Shape = shape,
            Context = context,
            Vectors = vectors,
            Repetitions = [one.Length, two.Length],
            CacheBytes = [scenario.CacheBytes(context), scenario.CacheBytes(vectors)],
        };
    }

    private bool Skip(IEnumerable<string> names, string reason)
    {
        foreach (string name in names)
        {
            console.Result(new { name, shape, skipped = reason }, $"{name,-11} {shape,-5} not measured: {reason}");
        }

        return false;
    }

    private void Report(SpeedupRow row) => console.Result(row, row.Describe());
}
