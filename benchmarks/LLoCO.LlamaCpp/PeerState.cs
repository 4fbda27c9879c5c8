using System.Globalization;
using LLama;
using LLama.Common;
using LLama.Native;

namespace LLoCO.LlamaCpp;

/// <summary>llama.cpp's saved state of a long text, in a process of its own. Each line of standard input is a measurement: "load" restores
/// the state from its file, "question" reads a short prompt behind it, "generate" generates tokens there.</summary>
internal sealed class PeerState(LLamaWeights weights, SafeLLamaContextHandle context, string file, int tokens)
{
    private const int FilledAtOnce = 2048;
    private const int MaxTokens = 16;
    private const int Room = 512;
    private readonly Random _random = new(1);

    /// <summary>Saves the state, then serves until standard input ends.</summary>
    /// <param name="model">The GGUF file.</param>
    /// <param name="filler">A narrow model with keys and values of the same sizes.</param>
    /// <param name="file">Where the state is saved; left there.</param>
    /// <param name="tokens">Tokens of the text, a multiple of 2,048.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="flash">Whether with flash attention.</param>
    public static int Run(string model, string filler, string file, int tokens, int threads, bool flash)
    {
        NativeLogConfig.llama_log_set((level, message) =>
        {
            if (level >= LLamaLogLevel.Error)
            {
                Console.Error.Write(message);
            }
        });
        uint parts = (uint)((tokens + FilledAtOnce - 1) / FilledAtOnce);
        ModelParams Settings(string path, int positions, uint sequences) => new(path)
        {
            ContextSize = (uint)positions, SeqMax = sequences, KVUnified = true, BatchSize = FilledAtOnce, UBatchSize = 512, Threads = threads,
            BatchThreads = threads, GpuLayerCount = 0, FlashAttention = flash, NoKqvOffload = true,
        };
        using LLamaWeights weights = LLamaWeights.LoadFromFile(Settings(model, tokens + Room, 1));
        byte[] part = Fill(filler, Settings(filler, FilledAtOnce + Room, 1));
        using (LLamaContext all = weights.CreateContext(Settings(model, tokens + Room, parts)))
        {
            Save(all.NativeHandle, part, (int)parts, file);
        }

        using LLamaContext context = weights.CreateContext(Settings(model, tokens + Room, 1));
        var state = new PeerState(weights, context.NativeHandle, file, tokens);
        while (Console.ReadLine() is { } line)
        {
            double seconds = line switch { "load" => state.Load(), "question" => state.Question(), _ => state.Generate() };
            Console.WriteLine("seconds " + seconds.ToString("R", CultureInfo.InvariantCulture));
        }

        return 0;
    }

    /// <summary>Keys and values of a narrow model in place of the model's own, which would take hours: only their number matters.</summary>
    private static unsafe byte[] Fill(string filler, ModelParams settings)
    {
        using LLamaWeights narrow = LLamaWeights.LoadFromFile(settings);
        using LLamaContext context = narrow.CreateContext(settings);
        var batch = new LLamaBatch();
        for (int i = 0; i < FilledAtOnce; i++)
        {
            batch.Add(3 + (i % 200), i, LLamaSeqId.Zero, i == FilledAtOnce - 1);
        }

        Decode(context.NativeHandle, batch);
        byte[] made = new byte[(int)context.NativeHandle.GetStateSize(LLamaSeqId.Zero)];
        fixed (byte* first = made)
        {
            context.NativeHandle.GetState(first, (nuint)made.Length, LLamaSeqId.Zero);
        }

        return made;
    }

    /// <summary>Puts the same keys and values behind each other as sequences of their own, joins these to one, and saves it.</summary>
    private static unsafe void Save(SafeLLamaContextHandle context, byte[] part, int parts, string file)
    {
        // From the last to the first: the first sequence takes the others up in the end.
        for (int i = parts - 1; i >= 0; i--)
        {
            fixed (byte* first = part)
            {
                if (context.SetState(first, (nuint)part.Length, (LLamaSeqId)i) == 0)
                {
                    throw new InvalidOperationException("llama.cpp did not take the keys and values.");
                }
            }

            if (i > 0)
            {
                context.MemorySequenceAdd((LLamaSeqId)i, 0, -1, i * FilledAtOnce);
            }
        }

        for (int i = 1; i < parts; i++)
        {
            context.MemorySequenceCopy((LLamaSeqId)i, LLamaSeqId.Zero, 0, -1);
            context.MemorySequenceRemove((LLamaSeqId)i, 0, -1);
        }

        LLamaToken none = 0;
        if (NativeApi.llama_state_seq_save_file(context, file, LLamaSeqId.Zero, &none, 0) == 0)
        {
            throw new InvalidOperationException($"llama.cpp could not save its state to {file}.");
        }
    }

    private unsafe double Load()
    {
        context.MemoryClear();
        LLamaToken none = 0;
        double started = Timing.Seconds;
        nuint read = NativeApi.llama_state_seq_load_file(context, file, LLamaSeqId.Zero, &none, 0, out _);
        double seconds = Timing.Seconds - started;
        int last = context.MemorySequenceMaxPosition(LLamaSeqId.Zero).Value;
        return read > 0 && last == tokens - 1
            ? seconds
            : throw new InvalidOperationException($"llama.cpp restored {last + 1} positions of {tokens}.");
    }

    private double Question()
    {
        context.MemorySequenceRemove(LLamaSeqId.Zero, tokens, -1);
        var batch = new LLamaBatch();
        for (int i = 0; i < StoredMemory.QuestionTokens; i++)
        {
            batch.Add(_random.Next(3, weights.Vocab.Count), tokens + i, LLamaSeqId.Zero, i == StoredMemory.QuestionTokens - 1);
        }

        double started = Timing.Seconds;
        Decode(context, batch);
        return Timing.Seconds - started;
    }

    private double Generate()
    {
        var batch = new LLamaBatch();
        double started = Timing.Seconds;
        for (int i = 0; i < MaxTokens; i++)
        {
            batch.Clear();
            batch.Add(_random.Next(3, weights.Vocab.Count), tokens + StoredMemory.QuestionTokens + i, LLamaSeqId.Zero, true);
            Decode(context, batch);
        }

        double seconds = (Timing.Seconds - started) / MaxTokens;
        context.MemorySequenceRemove(LLamaSeqId.Zero, tokens + StoredMemory.QuestionTokens, -1);
        return seconds;
    }

    private static void Decode(SafeLLamaContextHandle context, LLamaBatch batch)
    {
        if (context.Decode(batch) is not DecodeResult.Ok and var result)
        {
            throw new InvalidOperationException($"llama.cpp could not decode: {result}.");
        }
    }
}
