using System.Diagnostics;
using System.Globalization;
using LLama;
using LLama.Common;
using LLama.Native;

namespace LLoCO.LlamaCpp;

/// <summary>The load of many clients on llama.cpp, as its server would work: slots that each keep the keys and values of a document,
/// questions that wait for a slot, and one batch for all slots (continuous batching). Without HTTP and without choosing tokens.</summary>
/// <param name="context">The context.</param>
/// <param name="load">The load.</param>
internal sealed class PeerLoad(SafeLLamaContextHandle context, PeerLoad.Load load)
{
    private readonly Random _random = new(1);
    private readonly Slot[] _slots = [.. Enumerable.Range(0, load.Slots).Select(_ => new Slot())];

    /// <summary>A load.</summary>
    /// <param name="Requests">Questions, all asked at once.</param>
    /// <param name="Slots">Sequences in one batch.</param>
    /// <param name="Depth">Tokens of a document.</param>
    /// <param name="Question">Tokens of a question.</param>
    /// <param name="Answer">Tokens of an answer.</param>
    internal sealed record Load(int Requests, int Slots, int Depth, int Question, int Answer);

    /// <summary>Loads a model, fills the slots, measures and writes a row.</summary>
    /// <param name="model">The GGUF file.</param>
    /// <param name="filler">A narrow model with keys and values of the same sizes.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="load">The load.</param>
    /// <param name="flash">Whether with flash attention.</param>
    public static int Run(string model, string filler, int threads, Load load, bool flash)
    {
        NativeLogConfig.llama_log_set((_, _) => { });
        uint each = (uint)(load.Depth + load.Question + load.Answer + 256);
        ModelParams Settings(string file, int slots) => new(file)
        {
            ContextSize = each * (uint)slots, SeqMax = (uint)slots, BatchSize = 2048, UBatchSize = 512, Threads = threads,
            BatchThreads = threads, GpuLayerCount = 0, FlashAttention = flash, NoKqvOffload = true,
        };
        using LLamaWeights weights = LLamaWeights.LoadFromFile(Settings(model, load.Slots));
        using LLamaContext context = weights.CreateContext(Settings(model, load.Slots));
        byte[] document = Document(filler, Settings(filler, 1), load.Depth);
        for (int slot = 0; slot < load.Slots; slot++)
        {
            Put(context.NativeHandle, document, slot);
        }

        var run = new PeerLoad(context.NativeHandle, load);
        run.Measure(flash, weights.Vocab.Count);
        return 0;
    }

    private static byte[] Document(string filler, ModelParams settings, int depth)
    {
        using LLamaWeights weights = LLamaWeights.LoadFromFile(settings);
        using LLamaContext narrow = weights.CreateContext(settings);
        for (int done = 0; done < depth; done += 2048)
        {
            var batch = new LLamaBatch();
            for (int i = done; i < Math.Min(depth, done + 2048); i++)
            {
                batch.Add(3 + (i % 200), i, LLamaSeqId.Zero, i == depth - 1);
            }

            Decode(narrow.NativeHandle, batch);
        }

        byte[] made = new byte[(int)narrow.NativeHandle.GetStateSize(LLamaSeqId.Zero)];
        unsafe
        {
            fixed (byte* first = made)
            {
                narrow.NativeHandle.GetState(first, (nuint)made.Length, LLamaSeqId.Zero);
            }
        }

        return made;
    }

    private static unsafe void Put(SafeLLamaContextHandle context, byte[] document, int slot)
    {
        fixed (byte* first = document)
        {
            if (context.SetState(first, (nuint)document.Length, (LLamaSeqId)slot) == 0)
            {
                throw new InvalidOperationException("llama.cpp did not take the keys and values.");
            }
        }
    }

    private static void Decode(SafeLLamaContextHandle context, LLamaBatch batch)
    {
        if (context.Decode(batch) is not DecodeResult.Ok and var result)
        {
            throw new InvalidOperationException($"llama.cpp could not decode: {result}.");
        }
    }

    private void Measure(bool flash, int vocabulary)
    {
        var first = new List<double>();
        long started = Stopwatch.GetTimestamp();
        int waiting = load.Requests;
        long generated = 0;
        while (first.Count < load.Requests || _slots.Any(slot => slot.IsBusy))
        {
            var batch = new LLamaBatch();
            for (int i = 0; i < _slots.Length; i++)
            {
                if (!_slots[i].IsBusy && waiting > 0)
                {
                    waiting--;
                    _slots[i].IsBusy = true;
                    _slots[i].Position = 0;
                    context.MemorySequenceRemove((LLamaSeqId)i, load.Depth, -1);
                }

                AddTo(batch, i, vocabulary);
            }

            Decode(context, batch);
            double now = Stopwatch.GetElapsedTime(started).TotalSeconds;
            foreach (Slot slot in _slots.Where(slot => slot.IsBusy))
            {
                first.AddRange(slot.Position == load.Question ? [now] : []);
                generated++;
                slot.IsBusy = slot.Position < load.Question + load.Answer - 1;
            }
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        first.Sort();
        long memory = Process.GetCurrentProcess().PeakWorkingSet64 >> 20;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"llama.cpp (flash attention {(flash ? "on" : "off")}): {load.Requests} clients, {load.Slots} slots, {generated} tokens in {seconds:F2} s = "
            + $"{generated / seconds:F1} tokens/s; first token p50 {first[first.Count / 2]:F3} s, p99 {first[(int)(0.99 * (first.Count - 1))]:F3} s; "
            + $"memory {memory} MiB"));
    }

    /// <summary>Adds the next tokens of a slot: the question at once, then one after the other.</summary>
    private void AddTo(LLamaBatch batch, int number, int vocabulary)
    {
        Slot slot = _slots[number];
        if (!slot.IsBusy)
        {
            return;
        }

        int count = slot.Position == 0 ? load.Question : 1;
        for (int i = 0; i < count; i++)
        {
            batch.Add(_random.Next(3, vocabulary), load.Depth + slot.Position + i, (LLamaSeqId)number, i == count - 1);
        }

        slot.Position += count;
    }

    private sealed class Slot
    {
        public bool IsBusy { get; set; }

        public int Position { get; set; }
    }
}
