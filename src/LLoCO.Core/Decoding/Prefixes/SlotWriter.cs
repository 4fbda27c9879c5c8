using System.Numerics;
using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Decoding.Prefixes;

/*
 *   stored row  ──decode──► one row, float32 ──turn its keys──► ──narrow──► keys and values of each layer
 *
 * A long document's memory is some hundred megabytes, and touching new memory takes longer than all of the arithmetic: so each number
 * goes through one row, which stays in the processor's cache, to the place where it is read. libtorch need not be loaded.
 */

/// <summary>Writes the slots of stored memories to where attention reads them.</summary>
internal sealed unsafe class SlotWriter
{
    private readonly LlamaConfig _config;
    private readonly ScalarType _type;
    private readonly long _count;
    private readonly LazyTensor[] _keys;
    private readonly LazyTensor[] _values;
    private readonly LazyTensor[] _biases;
    private readonly nint[] _addresses;
    private readonly nint[] _biasAddresses;

    private SlotWriter(LlamaConfig config, ScalarType type, int count)
    {
        (_config, _type, _count) = (config, type, count);
        long[] shape = [1, config.KeyValueHeads, count, config.HeadDimension];
        LazyTensor[] Each(long[] one, ScalarType of) =>
            [.. Enumerable.Range(0, config.Layers).Select(_ => LazyTensor.Allocate(one, of, LazyTensor.Cpu))];
        (_keys, _values, _biases) = (Each(shape, type), Each(shape, type), Each([config.KeyValueHeads, count], ScalarType.Float32));
        _addresses = [.. _keys.Zip(_values).SelectMany(layer => new[] { layer.First.Address, layer.Second.Address })];
        _biasAddresses = [.. _biases.Select(layer => layer.Address)];
    }

    /// <summary>Makes a prefix of slots.</summary>
    /// <param name="model">The model.</param>
    /// <param name="parts">The slots, in the order of the prefix.</param>
    /// <param name="positions">The position at which what follows begins.</param>
    /// <returns>The entries; the caller is their holder.</returns>
    /// <exception cref="LlocoException">A stored scale is not a number that an encoder writes.</exception>
    internal static PrefixKeyValues Write(LlamaModel model, IReadOnlyList<StoredSlots> parts, int positions)
    {
        var writer = new SlotWriter(model.Config, model.Weights.Type, parts.Sum(part => part.Count));
        try
        {
            writer.Write(parts);
        }
        catch
        {
            foreach (LazyTensor layer in writer._keys.Concat(writer._values).Concat(writer._biases))
            {
                layer.Dispose();
            }

            throw;
        }

        Device device = model.Weights.Device;
        LazyTensor[] On(LazyTensor[] layers) => Array.ConvertAll(layers, layer => layer.On(device));
        return new PrefixKeyValues(On(writer._keys), On(writer._values)) { Positions = positions, Biases = On(writer._biases) };
    }

    private void Write(IReadOnlyList<StoredSlots> parts)
    {
        var row = new float[KeyValueMemory.Width(_config)];
        long slot = 0;
        foreach (StoredSlots part in parts)
        {
            ReadOnlySpan<int> place = [part.Place];
            (float[] Cosines, float[] Sines) turn = MemoryPrefix.Turns(_config, place, local: false);
            (float[] Cosines, float[] Sines) local = _config.Plan.LocalRopeTheta is null ? turn : MemoryPrefix.Turns(_config, place, local: true);
            for (int i = 0; i < part.Count; i++)
            {
                SummaryPayload.DecodeRow(part.Document, part.Start + i, row);
                if (part.Place != 0)
                {
                    Turn(row, turn, local);
                }

                WriteRow(row, slot++);
            }
        }
    }

    private void Turn(Span<float> row, (float[] Cosines, float[] Sines) turn, (float[] Cosines, float[] Sines) local)
    {
        int half = _config.KeyValueHeads * _config.HeadDimension;
        for (int layer = 0; layer < _config.Layers; layer++)
        {
            if (!_config.Plan.Rotates(layer))
            {
                continue;
            }

            (float[] cosines, float[] sines) = _config.Plan.IsLocal(layer) ? local : turn;
            Span<float> keys = row.Slice(2 * layer * half, half);
            for (int head = 0; head < _config.KeyValueHeads; head++)
            {
                Span<float> key = keys.Slice(head * _config.HeadDimension, 2 * cosines.Length);
                Turn(key[..cosines.Length], key[cosines.Length..], cosines, sines);
            }
        }
    }

    /// <summary>As <see cref="RotaryTable.Rotate"/>, with the same roundings.</summary>
    private static void Turn(Span<float> left, Span<float> right, float[] cosines, float[] sines)
    {
        int i = 0;
        for (; i <= left.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (Vector<float> cosine, Vector<float> sine) = (new Vector<float>(cosines, i), new Vector<float>(sines, i));
            (Vector<float> first, Vector<float> second) = (new Vector<float>(left[i..]), new Vector<float>(right[i..]));
            ((first * cosine) - (second * sine)).CopyTo(left[i..]);
            ((second * cosine) + (first * sine)).CopyTo(right[i..]);
        }

        for (; i < left.Length; i++)
        {
            (float first, float second) = (left[i], right[i]);
            left[i] = (first * cosines[i]) - (second * sines[i]);
            right[i] = (second * cosines[i]) + (first * sines[i]);
        }
    }

    private void WriteRow(ReadOnlySpan<float> row, long slot)
    {
        (int heads, int width) = (_config.KeyValueHeads, _config.HeadDimension);
        int at = 0;
        foreach (nint address in _addresses)
        {
            for (int head = 0; head < heads; head++)
            {
                Narrow(row.Slice(at, width), address, ((head * _count) + slot) * width);
                at += width;
            }
        }

        foreach (nint address in _biasAddresses)
        {
            for (int head = 0; head < heads; head++)
            {
                ((float*)address)[(head * _count) + slot] = row[at++];
            }
        }
    }

    private void Narrow(ReadOnlySpan<float> numbers, nint address, long first)
    {
        switch (_type)
        {
            case ScalarType.Float32:
                numbers.CopyTo(new Span<float>((float*)address + first, numbers.Length));
                break;
            case ScalarType.BFloat16:
                Numerics.BFloat16.Narrow(numbers, new Span<ushort>((ushort*)address + first, numbers.Length));
                break;
            case ScalarType.Float16:
                for (int i = 0; i < numbers.Length; i++)
                {
                    ((Half*)address)[first + i] = (Half)numbers[i];
                }

                break;
            default:
                throw new LlocoException($"Key/value memories cannot be read with weights of the format {_type}; use float32, bf16 or fp16.");
        }
    }
}
