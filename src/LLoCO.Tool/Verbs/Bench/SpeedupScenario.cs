using System.Diagnostics;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>
/// One question to one context, three ways: behind the raw tokens, behind the summary vectors that stand for them, and behind
/// summary vectors whose states the prefix cache has. All through the library's own decoder; random weights and ids.
/// </summary>
/// <remarks>Runs on the calling thread; one call at a time.</remarks>
internal sealed class SpeedupScenario : IDisposable
{
    /// <summary>Tokens of the question.</summary>
    internal const int QuestionTokens = 64;

    /// <summary>Tokens of an answer.</summary>
    internal const int AnswerTokens = 64;

    private const long CachePrefixBytes = 8L << 30;
    private readonly LlamaModel _model;
    private readonly KernelDecoder _kernels;
    private readonly PrefixCache _prefixes = new(CachePrefixBytes);
    private readonly PrefixCache _nothing = new(0);
    private readonly Dictionary<int, SummaryEmbeddings> _summaries = [];
    private readonly int[] _question;

    /// <summary>Makes a model with random weights in bf16.</summary>
    /// <param name="shape">Name of its shape.</param>
    internal SpeedupScenario(string shape)
    {
        using IDisposable mode = inference_mode();
        Config = ModelShapes.Find(shape);
        _model = ModelShapes.MakeModel(Config, seed: 1, ScalarType.BFloat16, CPU);
        _kernels = KernelDecoder.Create(_model, new DecodingOptions())
            ?? throw new LlocoException("The decoding kernels cannot read this model.");
        _question = Ids(QuestionTokens, 7);
    }

    /// <summary>Gets the model's shape.</summary>
    internal LlamaConfig Config { get; }

    /// <summary>Summary vectors that stand for a context: those of its segments.</summary>
    /// <param name="context">Tokens.</param>
    internal int VectorsFor(int context) =>
        (context + Config.SegmentLength - 1) / Config.SegmentLength * Config.SummaryLength;

    /// <summary>Bytes of keys and values for some positions.</summary>
    internal long CacheBytes(long positions) => KeyValueCache.BytesFor(Config, 1, positions, ScalarType.BFloat16);

    /// <summary>Reads the raw context and the question, and answers.</summary>
    /// <param name="context">Tokens of the context.</param>
    /// <param name="answer">Tokens of the answer; at least 1.</param>
    internal AnswerTime Full(int context, int answer)
    {
        int[] ids = [.. Ids(context, 3), .. _question];
        return Run(answer, ids.Length, session => session.FeedTokens(ids));
    }

    /// <summary>Reads summary vectors and the question, and answers.</summary>
    /// <param name="context">Tokens that the vectors stand for.</param>
    /// <param name="answer">Tokens of the answer; at least 1.</param>
    /// <param name="known">Whether the prefix cache may have their states; <see cref="Remember"/> puts them there.</param>
    internal AnswerTime Summary(int context, int answer, bool known)
    {
        SummaryEmbeddings summary = FindSummary(context);
        return Run(answer, 0, session =>
        {
            session.FeedPrefix([summary], known ? _prefixes : _nothing);
            return session.FeedTokens(_question);
        });
    }

    /// <summary>Puts the states of a context's summary into the prefix cache.</summary>
    /// <param name="context">Tokens that it stands for.</param>
    internal void Remember(int context) => Summary(context, 1, known: true);

    /// <summary>Begins an answer behind a cache filled with random states: only their number matters for the time.</summary>
    /// <param name="positions">Positions of the context.</param>
    /// <param name="tokens">Most tokens to generate.</param>
    /// <returns>The answer.</returns>
    internal DecodeSession BeginBehind(int positions, int tokens)
    {
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        var session = new DecodeSession(_model, null, positions + tokens + 1, _kernels);
        Fill(session.States, positions);
        session.FeedToken(1);
        return session;
    }

    /// <summary>Generates tokens.</summary>
    /// <param name="session">An answer of this scenario.</param>
    /// <param name="tokens">How many.</param>
    /// <returns>The median of their times, in seconds.</returns>
    internal static double Generate(DecodeSession session, int tokens)
    {
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        var times = new double[tokens];
        for (int i = 0; i < tokens; i++)
        {
            long started = Stopwatch.GetTimestamp();
            session.FeedToken(1 + i);
            times[i] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        return Medians.Of(times);
    }

    /// <summary>The time of a token behind random states.</summary>
    /// <param name="positions">Positions of the context.</param>
    /// <param name="tokens">Tokens to generate; the median of their times counts.</param>
    internal double TokenSeconds(int positions, int tokens)
    {
        using DecodeSession session = BeginBehind(positions, tokens);
        return Generate(session, tokens);
    }

    /// <summary>Operations of reading a raw context: products and causal attention.</summary>
    /// <param name="context">Tokens.</param>
    internal double ReadOperations(double context) => Operations(Config, context);

    /// <summary>Operations of a pass over rows that see each other causally.</summary>
    internal static double Operations(LlamaConfig config, double rows)
    {
        double layer = LlamaLayerWeights.Shapes(config).Sum(entry => entry.Shape.Aggregate(1.0, (product, size) => product * size));
        double attention = 2.0 * rows * rows * config.Heads * config.HeadDimension;
        return config.Layers * ((2 * layer * rows) + attention);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _prefixes.Dispose();
        _nothing.Dispose();
        _kernels.Dispose();
        _model.Dispose();
    }

    private AnswerTime Run(int answer, int raw, Func<DecodeSession, float[]> read)
    {
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        var sampler = new TokenSampler(new GenerationOptions());
        long started = Stopwatch.GetTimestamp();
        using var session = new DecodeSession(_model, null, raw + QuestionTokens + answer, _kernels);
        int id = sampler.Next(read(session)).Id;
        TimeSpan first = Stopwatch.GetElapsedTime(started);
        for (int i = 1; i < answer; i++)
        {
            id = sampler.Next(session.FeedToken(id)).Id;
        }

        return new AnswerTime(first.TotalSeconds, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private SummaryEmbeddings FindSummary(int context)
    {
        if (!_summaries.TryGetValue(context, out SummaryEmbeddings? summary))
        {
            summary = MakeSummary(context);
            _summaries.Add(context, summary);
        }

        return summary;
    }

    private SummaryEmbeddings MakeSummary(int context)
    {
        int count = VectorsFor(context);
        var random = new Random(context);
        var numbers = new float[count * Config.HiddenSize];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (float)(random.NextDouble() - 0.5);
        }

        return new SummaryEmbeddings(
            "context",
            count,
            Config.HiddenSize,
            SummaryEncoding.BFloat16,
            SummaryPayload.Encode(numbers, Config.HiddenSize, SummaryEncoding.BFloat16),
            SegmentMap.FromCounts(Enumerable.Repeat((Config.SegmentLength, Config.SummaryLength), count / Config.SummaryLength)),
            new ModelFingerprint("random", "random", Config.SegmentLength, Config.SummaryLength, ModelFingerprint.IdentityProjector));
    }

    private void Fill(KeyValueCache cache, int positions)
    {
        using DisposeScope scope = NewDisposeScope();
        const int Block = 1024;
        Tensor block = randn([1, Config.KeyValueHeads, Block, Config.HeadDimension]).to(ScalarType.BFloat16);
        for (int start = 0; start < positions; start += Block)
        {
            int count = Math.Min(Block, positions - start);
            using Tensor part = block.narrow(2, 0, count);
            for (int layer = 0; layer < Config.Layers; layer++)
            {
                cache.Write(layer, part, part);
            }

            cache.Commit(count);
        }
    }

    private int[] Ids(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(Config.VocabularySize))];
    }
}

/// <summary>How long an answer took.</summary>
/// <param name="First">Seconds to the first token.</param>
/// <param name="Total">Seconds to the last.</param>
internal readonly record struct AnswerTime(double First, double Total);
