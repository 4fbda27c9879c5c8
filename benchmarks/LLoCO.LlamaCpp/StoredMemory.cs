using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Training.Memories;
using LLoCO.Training.Probing;
using static TorchSharp.torch;

namespace LLoCO.LlamaCpp;

/// <summary>This library's side: a key/value memory of random numbers in a file, behind which a question is read.</summary>
internal sealed class StoredMemory : IAsyncDisposable
{
    /// <summary>Tokens of a question, on both sides.</summary>
    public const int QuestionTokens = 24;

    private const int GeneratedTokens = 16;
    private readonly ModelProbe _model;
    private readonly SummaryEmbeddings _memory;
    private readonly string _file;
    private readonly int[] _ids;
    private readonly int _threads;

    private StoredMemory(ModelProbe model, SummaryEmbeddings memory, string file, int[] ids, int threads) =>
        (_model, _memory, _file, _ids, _threads) = (model, memory, file, ids, threads);

    /// <summary>Gets the bytes of the file.</summary>
    public long Bytes => _memory.Payload.Length;

    /// <summary>Gets the slots.</summary>
    public int Slots => _memory.Count;

    /// <summary>Makes a model of random weights, and the file.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="tokens">Tokens of the text.</param>
    /// <param name="ratio">Tokens for each slot.</param>
    /// <param name="file">Where the memory is kept.</param>
    /// <param name="threads">Threads of kernels and libtorch.</param>
    public static async Task<StoredMemory> CreateAsync(LlamaConfig config, int tokens, int ratio, string file, int threads)
    {
        var model = ModelProbe.CreateRandom(config);
        await model.RunAsync(
            _ =>
            {
                set_num_threads(threads);
                return threads;
            },
            CancellationToken.None).ConfigureAwait(false);
        IContextCompressor compressor = model.CreateMemoryCompressor(new KeyValueMemoryOptions { Ratio = ratio });
        var random = new Random(1);
        int[] ids = [.. Enumerable.Range(0, tokens).Select(_ => random.Next(3, config.VocabularySize))];
        int slots = (tokens + ratio - 1) / ratio;
        float[] rows = [.. Enumerable.Range(0, checked(slots * compressor.Width)).Select(_ => (random.NextSingle() * 2) - 1)];
        var memory = SummaryEmbeddings.FromVectors(
            "document", rows, compressor.Width, SummaryEncoding.BFloat16, [new SegmentSummary(0, 0, tokens, 0, slots)], compressor.Fingerprint);
        await File.WriteAllBytesAsync(file, memory.Payload).ConfigureAwait(false);
        return new StoredMemory(model, memory, file, ids, threads);
    }

    /// <summary>Reads the file and a question behind it, up to the first token.</summary>
    /// <returns>Seconds to the first token, and of each token after it.</returns>
    public Task<(double First, double Token)> AskAsync() => _model.RunAsync(
        passes =>
        {
            using PassKernels? kernels = passes.CreateKernels(new DecodingOptions { Threads = _threads });
            using PassPrefixes known = passes.CreatePrefixes(0);
            double started = Timing.Seconds;
            SummaryEmbeddings memory = _memory with { Payload = File.ReadAllBytes(_file) };
            using PassSession session = passes.Begin(QuestionTokens + GeneratedTokens, kernels);
            session.FeedPrefix([memory], known);
            session.Choose(session.FeedPrompt(_ids.AsSpan(0, QuestionTokens)));
            double first = Timing.Seconds - started;
            return (first, Generate(session));
        },
        CancellationToken.None);

    /// <summary>Generates behind random keys and values of the whole text.</summary>
    /// <returns>Seconds of a token.</returns>
    public Task<double> GenerateBehindAllAsync(int rounds) => _model.RunAsync(
        passes =>
        {
            using PassKernels? kernels = passes.CreateKernels(new DecodingOptions { Threads = _threads });
            using PassSession session = passes.Begin(_ids.Length + (GeneratedTokens * (rounds + 1)), kernels);
            session.FeedRandom(_ids.Length);
            return Enumerable.Range(0, rounds + 1).Select(_ => Generate(session)).Skip(1).Min();
        },
        CancellationToken.None);

    /// <summary>Prefills the first tokens of the text, as one.</summary>
    /// <param name="tokens">How many.</param>
    /// <returns>Seconds.</returns>
    public Task<double> PrefillAsync(int tokens) => _model.RunAsync(
        passes =>
        {
            using PassSession session = passes.Begin(tokens);
            double started = Timing.Seconds;
            session.FeedTokens(_ids.AsSpan(0, tokens));
            return Timing.Seconds - started;
        },
        CancellationToken.None);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _model.DisposeAsync();

    private static double Generate(PassSession session)
    {
        double started = Timing.Seconds;
        for (int token = 0; token < GeneratedTokens; token++)
        {
            session.FeedToken(1);
        }

        return (Timing.Seconds - started) / GeneratedTokens;
    }
}
