using System.Diagnostics;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Runtime;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Loads a checkpoint with random weights several times, alternately with plain reading of its files.</summary>
internal sealed class BenchLoadRun(string folder, LlamaConfig config, bool cold, ToolConsole console)
{
    private const int SegmentTokens = 64;
    private const int PromptTokens = 8;
    private static readonly string[] Adapters = ["first", "second"];
    private IReadOnlyList<string> _files = [];
    private long _bytes;

    /// <summary>Writes the model and two adapters.</summary>
    /// <param name="format">The kind of weight files.</param>
    /// <param name="shardBytes">Most bytes in one file.</param>
    /// <param name="cancellationToken">Checked before each tensor.</param>
    public void Write(CheckpointFormat format, long shardBytes, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        _files = RandomCheckpoint.WriteModel(folder, config, format, shardBytes, seed: 1, cancellationToken);
        _bytes = _files.Sum(file => new FileInfo(file).Length);
        for (int i = 0; i < Adapters.Length; i++)
        {
            RandomCheckpoint.WriteAdapter(Path.Combine(folder, Adapters[i]), config, seed: i);
        }

        console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"wrote {_bytes / 1e9:F2} GB in {_files.Count} files in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s"));
    }

    /// <summary>Measures and writes one row.</summary>
    /// <param name="name">The row's name.</param>
    /// <param name="repeats">Times to read and to load.</param>
    /// <param name="cancellationToken">Checked before each weight.</param>
    public async Task RunAsync(string name, int repeats, CancellationToken cancellationToken)
    {
        LlocoRuntime.EnsureAvailable();
        var reads = new List<double>();
        var loads = new List<double>();
        long peak = 0;
        long before = 0;
        var answer = new Answer();
        for (int i = 0; i < repeats; i++)
        {
            ForgetFiles();
            reads.Add(FileReading.Time(_files).TotalSeconds);
            ForgetFiles();
            ProcessMemory.ForgetPeak();
            long resident = ProcessMemory.Resident;
            long started = Stopwatch.GetTimestamp();
            await using ModelProbe model = ModelProbe.Open(folder, cancellationToken: cancellationToken);
            loads.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            if (i == 0)
            {
                // Later loads reuse memory that the allocator kept from this one, so their memory says nothing about loading.
                (before, peak) = (resident, ProcessMemory.Peak);
                answer = await AskAsync(model, cancellationToken).ConfigureAwait(false);
            }
        }

        Report(name, Medians.Compute(loads), Medians.Compute(reads), before, peak, answer);
    }

    private void ForgetFiles()
    {
        if (cold)
        {
            FileReading.Forget(_files);
        }
    }

    /// <summary>Compresses a segment, answers behind it, then with adapters.</summary>
    private async Task<Answer> AskAsync(ModelProbe model, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        IContextCompressor compressor = model.CreateCompressor();
        ReadOnlyMemory<int> segment = Tokens(SegmentTokens);
        float[] vectors = [];
        await foreach (float[] summary in compressor.CompressAsync([segment], default, cancellationToken).ConfigureAwait(false))
        {
            vectors = summary;
        }

        await using ProbeDecoder decoder = model.CreateDecoder();
        var prefix = SummaryEmbeddings.FromVectors(
            "document", vectors, config.HiddenSize, SummaryEncoding.Float32,
            [new SegmentSummary(0, 0, SegmentTokens, 0, config.SummaryLength)], model.Fingerprint);
        await TimeAsync(decoder, prefix, null, cancellationToken).ConfigureAwait(false);
        double first = Stopwatch.GetElapsedTime(started).TotalSeconds;
        long peak = ProcessMemory.Peak;

        return await SwitchAsync(model, decoder, prefix, cancellationToken).ConfigureAwait(false) with
        {
            First = first, Peak = peak,
        };
    }

    /// <summary>Answers with one adapter again and again, and with two in turn.</summary>
    private async Task<Answer> SwitchAsync(
        ModelProbe model, ProbeDecoder decoder, SummaryEmbeddings prefix, CancellationToken cancellationToken)
    {
        var loading = new List<double>();
        foreach (string adapter in Adapters)
        {
            long begun = Stopwatch.GetTimestamp();
            model.LoadAdapter(adapter, Path.Combine(folder, adapter));
            loading.Add(Stopwatch.GetElapsedTime(begun).TotalSeconds);
            await TimeAsync(decoder, prefix, adapter, cancellationToken).ConfigureAwait(false);
        }

        var same = new List<double>();
        var switched = new List<double>();
        for (int i = 0; i < 3; i++)
        {
            // first, first again, second, second again: every other question finds another adapter before it.
            foreach (string adapter in Adapters)
            {
                switched.Add(await TimeAsync(decoder, prefix, adapter, cancellationToken).ConfigureAwait(false));
                same.Add(await TimeAsync(decoder, prefix, adapter, cancellationToken).ConfigureAwait(false));
            }
        }

        return new Answer(0, 0, Medians.Compute(loading), Medians.Compute(same), Medians.Compute(switched));
    }

    private static async Task<double> TimeAsync(
        ProbeDecoder decoder, SummaryEmbeddings prefix, string? adapter, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        var request = new DecodeRequest(
            [prefix], Tokens(PromptTokens), adapter, new GenerationOptions { MaxNewTokens = 1 });
        await foreach (DecodeStep step in decoder.DecodeAsync(request, cancellationToken).ConfigureAwait(false))
        {
            Debug.Assert(step.Finish is not null, "One token was asked for.");
        }

        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static int[] Tokens(int count) => [.. Enumerable.Range(3, count)];

    private void Report(string name, double load, double read, long before, long peak, Answer answer) => console.Result(
        new
        {
            name,
            seconds = load,
            seconds_read = read,
            ratio = load / read,
            bytes = _bytes,
            gigabytes_per_second = _bytes / load / 1e9,
            resident_before = before,
            peak_resident = peak,
            peak_ratio = (double)peak / _bytes,
            seconds_first_answer = answer.First,
            peak_resident_answer = answer.Peak,
            peak_ratio_answer = (double)answer.Peak / _bytes,
            seconds_adapter_load = answer.LoadAdapter,
            seconds_same_adapter = answer.Same,
            seconds_other_adapter = answer.Switched,
        },
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {name}: {_bytes / 1e9:F2} GB
              loading      {load:F2} s ({_bytes / load / 1e9:F2} GB/s), reading alone {read:F2} s, ratio {load / read:F2}
              memory       peak {peak / 1e9:F2} GB, {(double)peak / _bytes:F2} times the files ({before / 1e9:F2} GB before)
              first answer {answer.First:F2} s after loading, with compressing {SegmentTokens} tokens; peak {answer.Peak / 1e9:F2} GB
              adapters     {1000 * answer.LoadAdapter:F1} ms to load one; a token takes {1000 * answer.Same:F1} ms with the adapter of the one before, {1000 * answer.Switched:F1} ms with another
            """));

    private readonly record struct Answer(double First, long Peak, double LoadAdapter, double Same, double Switched);
}
