using System.Diagnostics;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Evaluation.Planning;
using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>
/// One question to one context, four ways: behind the raw tokens, behind the summary vectors that stand for them, and behind
/// summary vectors whose keys and values the prefix cache has, in memory or in a prepared folder. All through the library's own
/// decoder;
/// random weights and ids.
/// </summary>
/// <remarks>Runs on the calling thread; one call at a time.</remarks>
internal sealed class SpeedupScenario : IDisposable
{
    /// <summary>Tokens of the question.</summary>
    internal const int QuestionTokens = 64;

    /// <summary>Tokens of an answer.</summary>
    internal const int AnswerTokens = 64;

    private const long CachePrefixBytes = 8L << 30;
    private const int SampledPasses = 5;
    private readonly ModelPasses _model;
    private readonly PassKernels _kernels;
    private readonly PassPrefixes _prefixes;
    private readonly PassPrefixes _nothing;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "lloco-bench-" + Guid.NewGuid().ToString("N"));
    private readonly Dictionary<int, SummaryEmbeddings> _summaries = [];
    private readonly int[] _question;

    /// <summary>Makes a model with random weights in bf16.</summary>
    /// <param name="shape">Name of its shape.</param>
    internal SpeedupScenario(string shape)
    {
        Config = ModelShapes.Find(shape);
        _model = ModelPasses.CreateRandom(Config);
        _prefixes = _model.CreatePrefixes(CachePrefixBytes);
        _nothing = _model.CreatePrefixes(0);
        _kernels = _model.CreateKernels(new DecodingOptions())
            ?? throw new LlocoException("The decoding kernels cannot read this model.");
        _question = RandomContext.Ids(Config, QuestionTokens, 7);
    }

    /// <summary>Gets the model's shape.</summary>
    internal LlamaConfig Config { get; }

    /// <summary>Summary vectors that stand for a context: those of its segments.</summary>
    /// <param name="context">Tokens.</param>
    internal int VectorsFor(int context) =>
        (context + Config.SegmentLength - 1) / Config.SegmentLength * Config.SummaryLength;

    /// <summary>Bytes of keys and values for some positions.</summary>
    internal long CacheBytes(long positions) => _model.KeyValueBytes(positions);

    /// <summary>Reads the raw context and the question, and answers.</summary>
    /// <param name="context">Tokens of the context.</param>
    /// <param name="answer">Tokens of the answer; at least 1.</param>
    internal AnswerTime Full(int context, int answer)
    {
        int[] ids = [.. RandomContext.Ids(Config, context, 3), .. _question];
        return Run(answer, ids.Length, session => session.FeedTokens(ids));
    }

    /// <summary>As <see cref="Full"/>, from a few of the passes that read the context: each behind random keys and values of its
    /// depth, and
    /// those between them by straight lines, since a pass takes longer by the same amount with each one before it.</summary>
    /// <param name="context">Tokens of the context, whole passes.</param>
    /// <param name="answer">Tokens of the answer; at least 1.</param>
    internal AnswerTime FullSampled(int context, int answer)
    {
        int passes = context / PassSession.PassTokens;
        int[] sampled = [.. Enumerable.Range(0, SampledPasses).Select(i => i * (passes - 1) / (SampledPasses - 1)).Distinct()];
        int[] ids = RandomContext.Ids(Config, PassSession.PassTokens, 3);
        double[] times = [.. sampled.Select(pass => TimeBehind(pass * ids.Length, ids, 1).First)];
        double reading = times[0];
        for (int i = 1; i < sampled.Length; i++)
        {
            int steps = sampled[i] - sampled[i - 1];
            for (int step = 1; step <= steps; step++)
            {
                reading += times[i - 1] + ((times[i] - times[i - 1]) * step / steps);
            }
        }

        AnswerTime end = TimeBehind(context, _question, answer);
        return new AnswerTime(reading + end.First, reading + end.Total);
    }

    /// <summary>Reads summary vectors and the question, and answers.</summary>
    /// <param name="context">Tokens that the vectors stand for.</param>
    /// <param name="answer">Tokens of the answer; at least 1.</param>
    /// <param name="known">Whether the prefix cache may have their keys and values; <see cref="Remember"/> puts them
    /// there.</param>
    internal AnswerTime Summary(int context, int answer, bool known)
    {
        SummaryEmbeddings summary = FindSummary(context);
        return Run(answer, 0, session =>
        {
            session.FeedPrefix([summary], known ? _prefixes : _nothing);
            return session.FeedTokens(_question);
        });
    }

    /// <summary>Puts the keys and values of a context's summary into the prefix cache.</summary>
    /// <param name="context">Tokens that it stands for.</param>
    internal void Remember(int context) => Summary(context, 1, known: true);

    /// <summary>As <see cref="Summary"/> in a process that has never seen the document: nothing is in memory, and the keys and
    /// values are read
    /// from the folder that <see cref="Prepare"/> filled.</summary>
    /// <param name="context">Tokens that the vectors stand for.</param>
    /// <param name="answer">Tokens of the answer; at least 1.</param>
    internal AnswerTime SummaryFromFolder(int context, int answer)
    {
        SummaryEmbeddings summary = FindSummary(context);
        using PassPrefixes cold = _model.CreatePrefixes(CachePrefixBytes, _folder, summary.Fingerprint);
        AnswerTime time = Run(answer, 0, session =>
        {
            session.FeedPrefix([summary], cold);
            return session.FeedTokens(_question);
        });
        return cold.Computed == 0 ? time : throw new LlocoException("The prepared keys and values were not found in their folder.");
    }

    /// <summary>Puts the keys and values of a context's summary into the folder, as offline work does.</summary>
    /// <param name="context">Tokens that it stands for.</param>
    internal void Prepare(int context)
    {
        SummaryEmbeddings summary = FindSummary(context);
        using PassPrefixes offline = _model.CreatePrefixes(0, _folder, summary.Fingerprint);
        using PassSession session = _model.Begin(1, _kernels);
        session.PreparePrefix([summary], offline);
    }

    /// <summary>Begins an answer behind a cache filled with random keys and values: only their number matters for the
    /// time.</summary>
    /// <param name="positions">Positions of the context.</param>
    /// <param name="tokens">Most tokens to generate.</param>
    /// <returns>The answer.</returns>
    internal PassSession BeginBehind(int positions, int tokens)
    {
        PassSession session = _model.Begin(positions + tokens + 1, _kernels);
        session.FeedRandom(positions);
        session.FeedToken(1);
        return session;
    }

    /// <summary>Generates tokens greedily and times each.</summary>
    /// <param name="session">An answer of this scenario.</param>
    /// <param name="tokens">How many.</param>
    /// <returns>The median of their times, in seconds.</returns>
    internal static double Generate(PassSession session, int tokens)
    {
        var times = new double[tokens];
        for (int i = 0; i < tokens; i++)
        {
            long started = Stopwatch.GetTimestamp();
            session.FeedToken(1 + i);
            times[i] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        return Medians.Compute(times);
    }

    /// <summary>The time of a token behind random keys and values.</summary>
    /// <param name="positions">Positions of the context.</param>
    /// <param name="tokens">Tokens to generate; the median of their times counts.</param>
    internal double TokenSeconds(int positions, int tokens)
    {
        using PassSession session = BeginBehind(positions, tokens);
        return Generate(session, tokens);
    }

    /// <summary>Operations of reading a raw context: products and causal attention.</summary>
    /// <param name="context">Tokens.</param>
    internal double ReadOperations(double context) => Operations(Config, context);

    /// <summary>Operations of a pass over rows that see each other causally.</summary>
    internal static double Operations(LlamaConfig config, double rows)
    {
        var cost = PassCost.Create(config, bytes: 2, rows, stored: 0, rows: 0);
        return cost.MatrixFlops + cost.AttentionFlops;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }

        _prefixes.Dispose();
        _nothing.Dispose();
        _kernels.Dispose();
        _model.Dispose();
    }

    private AnswerTime Run(int answer, int raw, Func<PassSession, float[]> read)
    {
        long started = Stopwatch.GetTimestamp();
        using PassSession session = _model.Begin(raw + QuestionTokens + answer, _kernels);
        TimeSpan begun = Stopwatch.GetElapsedTime(started);
        AnswerTime time = AnswerTime.Measure(session, answer, () => read(session));
        return new AnswerTime(begun.TotalSeconds + time.First, begun.TotalSeconds + time.Total);
    }

    private AnswerTime TimeBehind(int positions, int[] ids, int answer)
    {
        using PassSession session = _model.Begin(positions + ids.Length + answer, _kernels);
        session.FeedRandom(positions);
        return AnswerTime.Measure(session, answer, () => session.FeedTokens(ids));
    }

    private SummaryEmbeddings FindSummary(int context)
    {
        if (!_summaries.TryGetValue(context, out SummaryEmbeddings? summary))
        {
            summary = RandomContext.Summary(Config, context, VectorsFor(context));
            _summaries.Add(context, summary);
        }

        return summary;
    }
}
