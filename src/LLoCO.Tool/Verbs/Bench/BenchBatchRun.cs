using System.Diagnostics;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>The same answers for one caller and for several. Each answer has its own document and length and one of four
/// adapters.</summary>
internal sealed class BenchBatchRun : IAsyncDisposable
{
    private const int Adapters = 4;
    private const int Segments = 2;
    private const int PromptTokens = 32;
    private readonly ModelProbe _model;
    private readonly ProbeDecoder _decoder;
    private readonly DecodeRequest[] _requests;

    private readonly int _libTorchThreads;

    private BenchBatchRun(ModelProbe model, DecodingOptions decoding, int answers, int tokens, int libTorchThreads)
    {
        _model = model;
        _libTorchThreads = libTorchThreads;
        _decoder = model.CreateDecoder(decoding);
        _requests = [.. Enumerable.Range(0, answers).Select(number => Request(model, number, tokens))];
    }

    /// <summary>Makes a bf16 model with random weights, and computes the keys and values of every prefix once, as those of
    /// documents that
    /// were asked before.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="decoding">What generates.</param>
    /// <param name="answers">Answers of a round.</param>
    /// <param name="tokens">Tokens of each.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    public static async Task<BenchBatchRun> CreateAsync(
        LlamaConfig config, DecodingOptions decoding, int answers, int tokens, CancellationToken cancellationToken)
    {
        // No end token: every answer has all its tokens.
        LlamaConfig endless = config with { EndOfSequenceIds = [] };
        var model = ModelProbe.CreateRandom(endless);
        for (int i = 0; i < Adapters; i++)
        {
            LoraTarget[] targets = [LoraTarget.Query, LoraTarget.Key, LoraTarget.Value, LoraTarget.Output];
            model.AddAdapter(Name(i), 8, 16, targets, seed: i);
        }

        int threads = await BenchThreads.LimitAsync(model, decoding.Threads, cancellationToken).ConfigureAwait(false);
        var bench = new BenchBatchRun(model, decoding, answers, tokens, threads);
        await bench.AskAsync(callers: 1, cancellationToken).ConfigureAwait(false);
        return bench;
    }

    /// <summary>Compares concurrent callers with the same requests one by one.</summary>
    /// <param name="callers">How many ask at the same time, for each row.</param>
    /// <param name="repeats">Rounds, in turn.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    public async Task<IReadOnlyList<BatchRowResult>> RunAsync(int[] callers, int repeats, CancellationToken cancellationToken)
    {
        var alone = new List<double>();
        List<double>[] together = [.. callers.Select(_ => new List<double>())];
        var shared = new double[callers.Length];
        for (int round = 0; round < repeats; round++)
        {
            alone.Add(await AskAsync(callers: 1, cancellationToken).ConfigureAwait(false));
            for (int i = 0; i < callers.Length; i++)
            {
                (long steps, long fed) = (_decoder.Steps, _decoder.Fed);
                together[i].Add(await AskAsync(callers[i], cancellationToken).ConfigureAwait(false));
                shared[i] = (_decoder.Fed - fed) / (double)Math.Max(1, _decoder.Steps - steps);
            }
        }

        int tokens = _requests.Sum(request => request.Options.MaxNewTokens);
        double sequential = Medians.Compute(alone);
        return
        [
            .. callers.Select((count, i) => new BatchRowResult(
                count, Medians.Compute(together[i]), sequential, tokens / Medians.Compute(together[i]), shared[i],
                _libTorchThreads)),
        ];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _decoder.DisposeAsync().ConfigureAwait(false);
        await _model.DisposeAsync().ConfigureAwait(false);
    }

    private static string Name(int adapter) => $"adapter {adapter}";

    private static DecodeRequest Request(ModelProbe model, int number, int tokens)
    {
        LlamaConfig config = model.Config;
        var random = new Random(number);

        // Lengths differ by up to a fourth, so that no two rows stand at the same position.
        int count = Segments * config.SummaryLength;
        count -= number % 4 * (count / 16);
        var vectors = new float[count * config.HiddenSize];
        for (int i = 0; i < vectors.Length; i++)
        {
            vectors[i] = (float)((random.NextDouble() - 0.5) * 0.1);
        }

        var summary = SummaryEmbeddings.FromVectors(
            $"document {number}", vectors, config.HiddenSize, SummaryEncoding.Float32,
            [new SegmentSummary(0, 0, config.SegmentLength, 0, count)], model.Fingerprint);
        int[] prompt = [.. Enumerable.Range(0, PromptTokens - (number % 4)).Select(_ => random.Next(3, config.VocabularySize))];
        return new DecodeRequest([summary], prompt, Name(number % Adapters), new GenerationOptions { MaxNewTokens = tokens });
    }

    /// <summary>Has all requests answered, shared out evenly among callers who ask one after the other.</summary>
    /// <returns>Seconds.</returns>
    private async Task<double> AskAsync(int callers, CancellationToken cancellationToken)
    {
        int next = -1;
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync, cancellationToken))).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;

        async Task CallAsync()
        {
            for (int i = Interlocked.Increment(ref next); i < _requests.Length; i = Interlocked.Increment(ref next))
            {
                await foreach (DecodeStep _ in _decoder.DecodeAsync(_requests[i], cancellationToken).ConfigureAwait(false))
                {
                }
            }
        }
    }
}
