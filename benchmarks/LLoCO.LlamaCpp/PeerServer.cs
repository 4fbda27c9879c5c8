using System.Globalization;
using LLama;
using LLama.Common;
using LLama.Native;

namespace LLoCO.LlamaCpp;

/// <summary>Measures llama.cpp. Each line of standard input is a measurement; its time goes to standard output.</summary>
internal sealed class PeerServer(LLamaWeights weights, LLamaWeights filler, Func<bool, ModelParams> settings)
{
    private const double RoundSeconds = 0.25;
    private const int MaxTokens = 200;
    private const int MaxPositions = 4096 + 512;
    private const int BatchTokens = 2048;
    private readonly Random _random = new(1);
    private readonly Dictionary<bool, LLamaContext> _contexts = [];
    private readonly Dictionary<bool, int> _filled = [];

    /// <summary>Serves until standard input ends.</summary>
    /// <param name="model">The GGUF file.</param>
    /// <param name="filler">A narrow model with keys and values of the same sizes.</param>
    /// <param name="threads">Threads.</param>
    public static int Run(string model, string filler, int threads)
    {
        NativeLogConfig.llama_log_set((level, message) =>
        {
            if (level >= LLamaLogLevel.Error)
            {
                Console.Error.Write(message);
            }
        });
        ModelParams Settings(string file, bool flash) => new(file)
        {
            ContextSize = MaxPositions, BatchSize = BatchTokens, UBatchSize = 512, Threads = threads, BatchThreads = threads,
            GpuLayerCount = 0, FlashAttention = flash, NoKqvOffload = true, SwaFull = false,
        };
        using LLamaWeights weights = LLamaWeights.LoadFromFile(Settings(model, false));
        using LLamaWeights narrow = LLamaWeights.LoadFromFile(Settings(filler, false));
        var server = new PeerServer(weights, narrow, flash => Settings(model, flash));
        while (Console.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            bool flash = bool.Parse(words[1]);
            int number = int.Parse(words[2], CultureInfo.InvariantCulture);
            double seconds = words[0] == "prompt" ? server.Prompt(flash, number) : server.Generate(flash, number);
            Console.WriteLine("seconds " + seconds.ToString("R", CultureInfo.InvariantCulture));
        }

        return 0;
    }

    private SafeLLamaContextHandle Context(bool flash)
    {
        if (!_contexts.TryGetValue(flash, out LLamaContext? context))
        {
            _contexts[flash] = context = weights.CreateContext(settings(flash));
        }

        return context.NativeHandle;
    }

    private double Prompt(bool flash, int tokens)
    {
        SafeLLamaContextHandle context = Context(flash);
        context.MemoryClear();
        _filled.Remove(flash);
        double started = Timing.Seconds;
        Feed(context, weights.Vocab.Count, tokens);
        return Timing.Seconds - started;
    }

    private double Generate(bool flash, int depth)
    {
        SafeLLamaContextHandle context = Context(flash);
        if (!_filled.TryGetValue(flash, out int filled) || filled != depth)
        {
            context.MemoryClear();
            Fill(context, flash, depth);
            _filled[flash] = depth;
        }

        var batch = new LLamaBatch();
        int tokens = 0;
        double started = Timing.Seconds;
        do
        {
            batch.Clear();
            batch.Add(_random.Next(3, weights.Vocab.Count), depth + tokens, LLamaSeqId.Zero, true);
            Decode(context, batch);
            tokens++;
        }
        while (tokens < MaxTokens && (tokens < 4 || (Timing.Seconds - started) < RoundSeconds));
        double seconds = (Timing.Seconds - started) / tokens;
        context.MemorySequenceRemove(LLamaSeqId.Zero, depth, -1);
        return seconds;
    }

    /// <summary>Keys and values of a narrow model in place of the model's own, which would take minutes: only their number matters
    /// for the time.</summary>
    private unsafe void Fill(SafeLLamaContextHandle context, bool flash, int depth)
    {
        if (depth == 0)
        {
            return;
        }

        using LLamaContext narrow = filler.CreateContext(settings(flash));
        Feed(narrow.NativeHandle, filler.Vocab.Count, depth);
        byte[] made = new byte[(int)narrow.NativeHandle.GetStateSize(LLamaSeqId.Zero)];
        fixed (byte* first = made)
        {
            narrow.NativeHandle.GetState(first, (nuint)made.Length, LLamaSeqId.Zero);
            if (context.SetState(first, (nuint)made.Length, LLamaSeqId.Zero) == 0)
            {
                throw new InvalidOperationException("llama.cpp did not take the keys and values.");
            }
        }
    }

    private void Feed(SafeLLamaContextHandle context, int vocabulary, int count)
    {
        for (int done = 0; done < count;)
        {
            int part = Math.Min(BatchTokens, count - done);
            var batch = new LLamaBatch();
            for (int i = 0; i < part; i++)
            {
                batch.Add(_random.Next(3, vocabulary), done + i, LLamaSeqId.Zero, done + i == count - 1);
            }

            Decode(context, batch);
            done += part;
        }
    }

    private static void Decode(SafeLLamaContextHandle context, LLamaBatch batch)
    {
        if (context.Decode(batch) is not DecodeResult.Ok and var result)
        {
            throw new InvalidOperationException($"llama.cpp could not decode: {result}.");
        }
    }
}
