using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Core.Numerics;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training.Memories;

/// <summary>A document's keys and values in training. Used on the model's thread only.</summary>
internal sealed class Cartridge : IDisposable
{
    private readonly Tensor _learned;

    /// <summary>Makes parameters of a memory's keys and values.</summary>
    /// <param name="memory">The memory.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="options">Where it starts.</param>
    /// <param name="device">Where the model is.</param>
    internal Cartridge(SummaryEmbeddings memory, LlamaConfig config, CartridgeTrainingOptions options, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        Memory = memory;
        Positions = KeyValueMemory.CountPositions(memory, config.MaxPositions);
        int[] offsets = KeyValueMemory.Offsets(memory, config.MaxPositions);
        Places = [.. memory.Segments.SelectMany((segment, i) => Enumerable.Repeat(offsets[i], segment.VectorCount))];
        var learned = new float[memory.Count];
        Array.Fill(learned, 1);
        foreach (SegmentSummary segment in memory.Segments.Where(segment => segment.VectorCount > 0))
        {
            learned[segment.VectorStart] = 0;
        }

        _learned = tensor(learned, [memory.Count, 1], device: device).DetachFromDisposeScope();
        Tensor rows = tensor(SummaryPayload.Decode(memory), [memory.Count, memory.Width], dtype: ScalarType.Float32).to(device);
        long biases = config.Layers * config.KeyValueHeads;
        Tensor entries = rows.narrow(1, 0, memory.Width - biases);
        bool random = options.Start == CartridgeStart.Random;
        entries = random ? Scatter(entries, options.Seed, device) : entries;
        Entries = new TorchSharp.Modules.Parameter(entries.contiguous().clone(), requires_grad: true).DetachFromDisposeScope();
        Tensor kept = rows.narrow(1, memory.Width - biases, biases);
        Biases = (random || !options.KeepsBiases ? zeros_like(kept) : kept.contiguous().clone()).DetachFromDisposeScope();
    }

    /// <summary>Gets the memory that training started from.</summary>
    internal SummaryEmbeddings Memory { get; }

    /// <summary>Gets the positions that it stands for.</summary>
    internal int Positions { get; }

    /// <summary>Gets where the segment of each slot begins.</summary>
    internal int[] Places { get; }

    /// <summary>Gets keys and values as <see cref="KeyValueMemory"/> lays them out, without biases: a parameter,
    /// <c>[slots, numbers]</c>.</summary>
    internal Tensor Entries { get; }

    /// <summary>Gets the biases, <c>[slots, layers * kv heads]</c>.</summary>
    internal Tensor Biases { get; }

    /// <summary>Lets no step change the first slot of a segment, on which attention rests that finds nothing (arXiv 2506.06266).</summary>
    internal void Freeze()
    {
        Entries.grad?.mul_(_learned);
    }

    /// <summary>Gets the present memory, in the encoding of the one it started from.</summary>
    internal SummaryEmbeddings ToMemory()
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        float[] rows = cat([Entries, Biases], 1).cpu().contiguous().data<float>().ToArray();
        return Memory with { Payload = SummaryPayload.Encode(rows, Memory.Width, Memory.Encoding) };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Entries.Dispose();
        Biases.Dispose();
        _learned.Dispose();
    }

    private static Tensor Scatter(Tensor entries, long seed, Device device)
    {
        using var generator = new Generator(SeededRandom.Mix((ulong)seed), CPU);
        Tensor noise = randn(entries.shape, generator: generator).to(device);
        Tensor mean = entries.mean([0], keepdim: true);
        Tensor spread = (entries - mean).Squared().mean([0], keepdim: true).sqrt();
        Tensor drawn = (noise * spread).Plus(mean);

        // The first slot is left alone in training, so it must be a real one.
        return entries.size(0) == 1 ? entries : cat([entries.narrow(0, 0, 1), drawn.narrow(0, 1, drawn.size(0) - 1)], 0);
    }
}
