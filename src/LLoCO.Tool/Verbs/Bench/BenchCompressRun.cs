using System.Diagnostics;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Compresses documents of random ids with random weights.</summary>
internal sealed class BenchCompressRun : IAsyncDisposable
{
    private const double SecondsPerHour = 3600;
    private const int ShortestDocument = 24;
    private const int ShortStep = 12;
    private readonly string _shape;
    private readonly ToolConsole _console;
    private readonly LlamaConfig _config;
    private readonly ModelProbe _model;
    private readonly IContextCompressor _compressor;

    /// <summary>Makes the model.</summary>
    /// <param name="shape">Name of its shape.</param>
    /// <param name="console">Where rows go.</param>
    public BenchCompressRun(string shape, ToolConsole console)
    {
        _shape = shape;
        _console = console;
        _config = ModelShapes.Find(shape);
        _model = ModelProbe.CreateRandom(_config);
        _compressor = _model.CreateCompressor();
    }

    /// <summary>Compresses one document several times, in turn with plain matrix products.</summary>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="repeats">How often.</param>
    /// <param name="cancellationToken">Checked before each segment.</param>
    public async Task RunAsync(int tokens, int repeats, CancellationToken cancellationToken)
    {
        int[] document = Document(tokens, 1);
        await CompressAsync(Document(Math.Min(tokens, _config.SegmentLength / 8), 2), cancellationToken).ConfigureAwait(false);
        ProcessMemory.ForgetPeak();
        long before = ProcessMemory.Resident;
        var times = new List<double>();
        var rates = new List<double>();
        var wide = new List<double>();
        for (int i = 0; i < repeats; i++)
        {
            rates.Add(await RateAsync(WeightPrecision.BFloat16, cancellationToken).ConfigureAwait(false));
            wide.Add(await RateAsync(WeightPrecision.Float32, cancellationToken).ConfigureAwait(false));
            times.Add(await CompressAsync(document, cancellationToken).ConfigureAwait(false));
        }

        double seconds = Medians.Compute(times);
        double rate = Operations(document) / seconds;
        double share = rate / Medians.Compute(rates);
        double wideShare = rate / Medians.Compute(wide);
        long peak = ProcessMemory.Peak;
        _console.Result(
            new
            {
                name = $"compress-{_shape}",
                tokens,
                segments = _compressor.Cut(document).Count,
                seconds,
                repetitions = repeats,
                tokens_per_second = tokens / seconds,
                documents_per_hour = SecondsPerHour / seconds,
                gigaflops = rate / 1e9,
                gemm_gigaflops = Medians.Compute(rates) / 1e9,
                gemm_share = share,
                gemm_gigaflops_float32 = Medians.Compute(wide) / 1e9,
                gemm_share_float32 = wideShare,
                resident_before_bytes = before,
                peak_bytes = peak,
            },
            string.Create(
                CultureInfo.InvariantCulture,
                $"compress-{_shape}: {tokens} tokens in {seconds:F2} s, {tokens / seconds:F0} tokens/s, "
                + $"{SecondsPerHour / seconds:F1} such documents/hour; {rate / 1e9:F0} GFLOP/s: {share:P0} of bf16 products "
                + $"({Medians.Compute(rates) / 1e9:F0}), {wideShare:P0} of float32 ({Medians.Compute(wide) / 1e9:F0}); "
                + $"resident {before / 1e6:F0} MB, at its peak {peak / 1e6:F0} MB"));
    }

    /// <summary>Compresses short documents of different lengths one by one and together, in turn.</summary>
    /// <param name="count">How many.</param>
    /// <param name="repeats">How often.</param>
    /// <param name="cancellationToken">Checked before each segment.</param>
    public async Task RunBatchAsync(int count, int repeats, CancellationToken cancellationToken)
    {
        int[][] documents = [.. Enumerable.Range(0, count).Select(i => Document(ShortestDocument + (i * ShortStep), i))];
        var alone = new List<double>();
        var together = new List<double>();
        for (int i = 0; i < repeats + 1; i++)
        {
            long started = Stopwatch.GetTimestamp();
            foreach (int[] document in documents)
            {
                await CompressAsync(document, cancellationToken).ConfigureAwait(false);
            }

            alone.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            started = Stopwatch.GetTimestamp();
            await Task.WhenAll(documents.Select(document => CompressAsync(document, cancellationToken))).ConfigureAwait(false);
            together.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        double one = Medians.Compute(alone.Skip(1));
        double all = Medians.Compute(together.Skip(1));
        int tokens = documents.Sum(document => document.Length);
        _console.Result(
            new
            {
                name = $"compress-batch-{_shape}",
                documents = count,
                tokens,
                alone_seconds = one,
                together_seconds = all,
                ratio = one / all,
                tokens_per_second = tokens / all,
                repetitions = repeats,
            },
            string.Create(
                CultureInfo.InvariantCulture,
                $"compress-batch-{_shape}: {count} documents of {documents[0].Length} to {documents[^1].Length} tokens, one by one "
                + $"{one:F3} s, together {all:F3} s: {one / all:F2}x, {tokens / all:F0} tokens/s"));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _model.DisposeAsync();

    private async Task<double> CompressAsync(int[] document, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        var segments = new List<ReadOnlyMemory<int>>();
        int start = 0;
        foreach (int count in _compressor.Cut(document))
        {
            segments.Add(document.AsMemory(start, count));
            start += count;
        }

        await foreach (float[] summary in _compressor.CompressAsync(segments, default, cancellationToken).ConfigureAwait(false))
        {
            if (!float.IsFinite(summary[0]))
            {
                throw new LlocoException("A summary of random weights is no number.");
            }
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>The better of the model's own two largest products, with the rows of a segment.</summary>
    private Task<double> RateAsync(WeightPrecision precision, CancellationToken cancellationToken) => _model.RunAsync(
        _ => Math.Max(
            ProductRates.Measure(precision, _config.SegmentLength, _config.HiddenSize, _config.IntermediateSize),
            ProductRates.Measure(precision, _config.SegmentLength, _config.IntermediateSize, _config.HiddenSize)),
        cancellationToken);

    private double Operations(int[] document)
    {
        double operations = 0;
        double earlier = 0;
        foreach (int count in _compressor.Cut(document))
        {
            // What a segment needs: its tokens and its summary places, behind all earlier summaries.
            double rows = count + _config.SummaryLength;
            operations += SpeedupScenario.Operations(_config, rows)
                + (4 * rows * earlier * _config.Layers * _config.Heads * _config.HeadDimension);
            earlier += _config.SummaryLength;
        }

        return operations;
    }

    private int[] Document(int tokens, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, tokens).Select(_ => random.Next(_config.VocabularySize))];
    }
}
