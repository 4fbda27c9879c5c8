using System.Diagnostics;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Training.Memories;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Times the making, reading and training of a key/value memory, over random weights and a document of random ids.</summary>
internal sealed class BenchMemoryRun : IAsyncDisposable
{
    private const int PromptTokens = 24;
    private const int QuestionTokens = 24;
    private const int AnswerTokens = 8;
    private const int Rounds = 5;
    private const int DecodedTokens = 16;

    private readonly string _shape;
    private readonly ToolConsole _console;
    private readonly ModelProbe _model;
    private readonly BenchMemoryDocument _document;
    private readonly int _threads;

    private BenchMemoryRun(string shape, ModelProbe model, int threads, int tokens, int ratio, ToolConsole console)
    {
        _shape = shape;
        _console = console;
        _model = model;
        _threads = threads;
        _document = new BenchMemoryDocument(model, tokens, ratio);
    }

    /// <summary>Gets the document.</summary>
    public BenchMemoryDocument Document => _document;

    /// <summary>Makes a model.</summary>
    /// <param name="shape">Name of its shape.</param>
    /// <param name="precision">Number format of the weights.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <param name="tokens">Tokens of the document.</param>
    /// <param name="ratio">Tokens for each slot.</param>
    /// <param name="console">Where rows go.</param>
    public static async Task<BenchMemoryRun> CreateAsync(
        string shape, WeightPrecision precision, int threads, int tokens, int ratio, ToolConsole console)
    {
        var model = ModelProbe.CreateRandom(ModelShapes.Find(shape), precision);
        await BenchThreads.LimitAsync(model, threads).ConfigureAwait(false);
        return new BenchMemoryRun(shape, model, threads, tokens, ratio, console);
    }

    /// <summary>Makes the memory several times, in turn with the prefill of the same text, then reads and trains it.</summary>
    /// <param name="repeats">How often.</param>
    /// <param name="steps">Steps of training; 0 for none.</param>
    /// <param name="cancellationToken">Checked between parts.</param>
    public async Task MakeAsync(int repeats, int steps, CancellationToken cancellationToken)
    {
        await _document.PrefillAsync(256, cancellationToken).ConfigureAwait(false);
        var (prefill, made) = (new List<double>(), new List<double>());
        long before = ProcessMemory.Resident;
        (long prefillPeak, long madePeak) = (0, 0);
        (TimeSpan prefillUsed, TimeSpan madeUsed) = (TimeSpan.Zero, TimeSpan.Zero);
        SummaryEmbeddings? memory = null;
        for (int round = 0; round < repeats; round++)
        {
            ProcessMemory.ForgetPeak();
            TimeSpan used = Environment.CpuUsage.TotalTime;
            prefill.Add(await _document.PrefillAsync(_document.Ids.Length, cancellationToken).ConfigureAwait(false));
            (prefillUsed, used) = (prefillUsed + Environment.CpuUsage.TotalTime - used, Environment.CpuUsage.TotalTime);
            prefillPeak = Math.Max(prefillPeak, ProcessMemory.Peak);
            ProcessMemory.ForgetPeak();
            long started = Stopwatch.GetTimestamp();
            memory = await _document.CompactAsync(cancellationToken).ConfigureAwait(false);
            made.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            madeUsed += Environment.CpuUsage.TotalTime - used;
            madePeak = Math.Max(madePeak, ProcessMemory.Peak);
        }

        (double first, double second) = (Medians.Compute(prefill), Medians.Compute(made));
        _console.Result(
            new
            {
                name = $"memory-{_shape}",
                tokens = _document.Ids.Length,
                slots = memory!.Count,
                seconds_prefill = first,
                seconds = second,
                ratio = second / first,
                cpu_seconds_prefill = prefillUsed.TotalSeconds / repeats,
                cpu_seconds = madeUsed.TotalSeconds / repeats,
                cpu_ratio = madeUsed / prefillUsed,
                ratios = prefill.Zip(made, (one, other) => other / one),
                resident_before_bytes = before,
                peak_prefill_bytes = prefillPeak,
                peak_bytes = madePeak,
                peak_ratio = (double)madePeak / prefillPeak,
            },
            string.Create(
                CultureInfo.InvariantCulture,
                $"memory-{_shape}: {_document.Ids.Length} tokens to {memory.Count} slots in {second:F1} s, their prefill {first:F1} s: {second / first:F2}x "
                + $"({madeUsed / prefillUsed:F2}x of its processor time, {prefillUsed.TotalSeconds / repeats:F1} s); "
                + $"at the peak {madePeak / 1e6:F0} MB, prefill {prefillPeak / 1e6:F0} MB: {(double)madePeak / prefillPeak:F2}x"));
        await ReadAsync(memory, first, cancellationToken).ConfigureAwait(false);
        if (steps > 0)
        {
            await LearnAsync(memory, steps, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Times a question behind the stored memory, and decode steps there and behind the keys and values of the whole text.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="prefill">Seconds of the text's prefill, if it was measured.</param>
    /// <param name="cancellationToken">Checked between parts.</param>
    public async Task ReadAsync(SummaryEmbeddings memory, double? prefill, CancellationToken cancellationToken)
    {
        (double first, (double own, double ownUsed), (double full, double fullUsed)) = await _model.RunAsync(passes => Read(passes, memory), cancellationToken).ConfigureAwait(false);
        string sooner = prefill is { } seconds
            ? string.Create(CultureInfo.InvariantCulture, $" ({seconds / first:F0}x sooner than the text's prefill)")
            : string.Empty;
        long state = 2L * 2 * _model.Config.Layers * _model.Config.KeyValueHeads * _model.Config.HeadDimension * _document.Ids.Length;
        _console.Result(
            new
            {
                name = $"memory-read-{_shape}",
                tokens = _document.Ids.Length,
                slots = memory.Count,
                seconds_first_token = first,
                first_token_ratio = prefill / first,
                seconds_token = own,
                seconds_token_full = full,
                decode_ratio = full / own,
                cpu_decode_ratio = fullUsed / ownUsed,
                bytes = memory.Payload.Length,
                bytes_full = state,
                bytes_ratio = (double)state / memory.Payload.Length,
            },
            string.Create(
                CultureInfo.InvariantCulture,
                $"memory-read-{_shape}: first token {first * 1e3:F1} ms from the stored bytes{sooner}; a token {own * 1e3:F2} ms, behind the whole text {full * 1e3:F2} ms: {full / own:F2}x "
                + $"({fullUsed / ownUsed:F2}x of the processor's time); {memory.Payload.Length / 1e6:F1} MB, the "
                + $"whole state {state / 1e6:F1} MB: {(double)state / memory.Payload.Length:F1}x"));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _model.DisposeAsync();

    /// <summary>Times tokens.</summary>
    /// <returns>Seconds of each, and of the processor: those do not grow with what else the machine does.</returns>
    private static (double Seconds, double Processor) TimeTokens(PassSession session)
    {
        var rounds = new List<double>();
        var used = new List<double>();
        for (int round = 0; round <= Rounds; round++)
        {
            long started = Stopwatch.GetTimestamp();
            TimeSpan before = Environment.CpuUsage.TotalTime;
            for (int token = 0; token < DecodedTokens; token++)
            {
                session.FeedToken(1);
            }

            rounds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds / DecodedTokens);
            used.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds / DecodedTokens);
        }

        return (Medians.Compute(rounds.Skip(1)), Medians.Compute(used.Skip(1)));
    }

    private (double First, (double, double) Own, (double, double) Full) Read(ModelPasses passes, SummaryEmbeddings memory)
    {
        using PassKernels? kernels = passes.CreateKernels(new DecodingOptions { Threads = _threads });
        int room = PromptTokens + ((Rounds + 2) * DecodedTokens);
        var firsts = new List<double>();
        (double, double) own = default;
        for (int round = 0; round <= Rounds; round++)
        {
            // Nothing is kept between rounds: each reads the stored bytes again.
            using PassPrefixes known = passes.CreatePrefixes(0);
            long started = Stopwatch.GetTimestamp();
            using PassSession session = passes.Begin(room, kernels);
            session.FeedPrefix([memory], known);
            session.Choose(session.FeedPrompt(_document.Ids.AsSpan(0, PromptTokens)));
            firsts.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            own = round == Rounds ? TimeTokens(session) : default;
        }

        using PassSession whole = passes.Begin(_document.Ids.Length + room, kernels);
        whole.FeedRandom(_document.Ids.Length);
        return (Medians.Compute(firsts.Skip(1)), own, TimeTokens(whole));
    }

    private async Task LearnAsync(SummaryEmbeddings memory, int steps, CancellationToken cancellationToken)
    {
        var options = new CartridgeTrainingOptions();
        using AdapterSteps run = await _model.BeginLearnAsync(memory, options, QuestionTokens, AnswerTokens, cancellationToken).ConfigureAwait(false);
        var times = new List<double>();
        for (int step = 0; step <= steps; step++)
        {
            long started = Stopwatch.GetTimestamp();
            await run.TakeAsync(cancellationToken).ConfigureAwait(false);
            times.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        double seconds = Medians.Compute(times.Skip(1));
        int tokens = options.BatchSize * options.AccumulationSteps * (QuestionTokens + AnswerTokens);
        _console.Result(
            new { name = $"memory-learn-{_shape}", slots = memory.Count, tokens, seconds, tokens_per_second = tokens / seconds },
            string.Create(
                CultureInfo.InvariantCulture,
                $"memory-learn-{_shape}: a step of {tokens} tokens behind {memory.Count} slots in {seconds:F2} s, {tokens / seconds:F0} tokens/s"));
    }
}
