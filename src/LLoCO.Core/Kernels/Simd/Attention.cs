using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LLoCO.Core.Kernels.Simd;

/*
 *   for each block of 64 positions:
 *     scores[head, position] = query[head] · key[position]        four positions at a time, their sums taken together
 *     weights = e^(score - largest so far)                        what was summed before is scaled when the largest grows
 *     sums[head] += weight[head, position] · value[position]      four vectors of a head stay in registers
 *
 * One pass over keys and values, each read once (the softmax of arXiv 2205.14135). Where several query heads share a key/value
 * head, a block's 16-bit keys and values are widened once for all of them (SharedKeys).
 */

/// <summary>Attention of one query position over cached keys and values.</summary>
internal static unsafe class Attention<TSimd, TVector, TStored>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
    where TStored : struct, IStored<TSimd, TVector>
{
    private const int CacheLine = 64;

    /// <summary>Attends; the head's width must be a multiple of the vector's.</summary>
    internal static void Attend(in AttentionTask task)
    {
        new Span<float>(task.Sums, task.Group * task.Width).Clear();
        new Span<float>(task.Totals, task.Group).Clear();
        new Span<float>(task.Largest, task.Group).Fill(float.NegativeInfinity);
        for (int start = task.From; start < task.To; start += AttentionTask.Block)
        {
            int count = Math.Min(AttentionTask.Block, task.To - start);
            byte* blockKeys = task.Keys + ((long)start * task.Width * TStored.Bytes);
            byte* blockValues = task.Values + ((long)start * task.Width * TStored.Bytes);
            float* biases = task.Biases == null ? null : task.Biases + start;
            if (TStored.Format != MatrixFormat.Float32 && task.Group > 1)
            {
                SharedKeys<TSimd, TVector, TStored>.Attend(task, blockKeys, blockValues, biases, count);
                continue;
            }

            for (int head = 0; head < task.Group; head++)
            {
                float* sums = task.Sums + (head * task.Width);
                Score(task.Queries + (head * task.Width), blockKeys, task.Width, count, task.Scratch);
                Add(task.Scratch, biases, count);
                Weigh(task.Scratch, count, sums, task.Width, task.Largest + head, task.Totals + head);
                Sum(task.Scratch, blockValues, task.Width, count, sums);
            }
        }
    }

    /// <summary>Queries times keys. Writes up to three scores more than <paramref name="count"/>, which are not used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Score(float* query, byte* keys, int width, int count, float* scores)
    {
        int rowBytes = width * TStored.Bytes;
        for (int position = 0; position < count; position += 4)
        {
            // The last lanes repeat the last position instead of reading past the cache.
            byte* key0 = keys + ((long)position * rowBytes);
            byte* key1 = keys + ((long)Math.Min(position + 1, count - 1) * rowBytes);
            byte* key2 = keys + ((long)Math.Min(position + 2, count - 1) * rowBytes);
            byte* key3 = keys + ((long)Math.Min(position + 3, count - 1) * rowBytes);
            (TVector a, TVector b, TVector c, TVector d) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
            for (int ahead = 0; ahead < 4 * rowBytes; ahead += CacheLine)
            {
                // The next block's keys: the processor's own prefetching ends with this block.
                TSimd.Prefetch(key0 + (AttentionTask.Block * rowBytes) + ahead);
            }

            for (int column = 0; column < width; column += TSimd.Lanes)
            {
                TVector numbers = TSimd.Load(query + column);
                int place = column * TStored.Bytes;
                a = TSimd.MultiplyAdd(TStored.Load(key0 + place), numbers, a);
                b = TSimd.MultiplyAdd(TStored.Load(key1 + place), numbers, b);
                c = TSimd.MultiplyAdd(TStored.Load(key2 + place), numbers, c);
                d = TSimd.MultiplyAdd(TStored.Load(key3 + place), numbers, d);
            }

            TSimd.SumEach(a, b, c, d).Store(scores + position);
        }
    }

    /// <summary>Adds numbers to scores; nothing where there are none.</summary>
    internal static void Add(float* scores, float* biases, int count)
    {
        for (int position = 0; biases != null && position < count; position++)
        {
            scores[position] += biases[position];
        }
    }

    /// <summary>Adds values times weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Sum(float* weights, byte* values, int width, int count, float* sums)
    {
        int lanes = TSimd.Lanes;
        int rowBytes = width * TStored.Bytes;
        int column = 0;
        for (; column + (4 * lanes) <= width; column += 4 * lanes)
        {
            float* to = sums + column;
            TVector a = TSimd.Load(to);
            TVector b = TSimd.Load(to + lanes);
            TVector c = TSimd.Load(to + (2 * lanes));
            TVector d = TSimd.Load(to + (3 * lanes));
            byte* value = values + (column * TStored.Bytes);
            for (int position = 0; position < count; position++)
            {
                TVector weight = TSimd.Broadcast(weights[position]);
                TSimd.Prefetch(value + (AttentionTask.Block * rowBytes));
                TSimd.Prefetch(value + (AttentionTask.Block * rowBytes) + CacheLine);
                a = TSimd.MultiplyAdd(TStored.Load(value), weight, a);
                b = TSimd.MultiplyAdd(TStored.Load(value + (lanes * TStored.Bytes)), weight, b);
                c = TSimd.MultiplyAdd(TStored.Load(value + (2 * lanes * TStored.Bytes)), weight, c);
                d = TSimd.MultiplyAdd(TStored.Load(value + (3 * lanes * TStored.Bytes)), weight, d);
                value += rowBytes;
            }

            TSimd.Store(a, to);
            TSimd.Store(b, to + lanes);
            TSimd.Store(c, to + (2 * lanes));
            TSimd.Store(d, to + (3 * lanes));
        }

        for (; column < width; column += lanes)
        {
            SumOne(weights, values + (column * TStored.Bytes), rowBytes, count, sums + column);
        }
    }

    /// <summary>One vector of a head, with separate sums for even and odd positions, so that they are independent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumOne(float* weights, byte* value, int rowBytes, int count, float* to)
    {
        TVector even = TSimd.Load(to);
        TVector odd = TSimd.Zero;
        int position = 0;
        for (; position + 2 <= count; position += 2)
        {
            TSimd.Prefetch(value + (AttentionTask.Block * rowBytes));
            TSimd.Prefetch(value + (AttentionTask.Block * rowBytes) + rowBytes);
            even = TSimd.MultiplyAdd(TStored.Load(value), TSimd.Broadcast(weights[position]), even);
            odd = TSimd.MultiplyAdd(TStored.Load(value + rowBytes), TSimd.Broadcast(weights[position + 1]), odd);
            value += 2 * rowBytes;
        }

        if (position < count)
        {
            even = TSimd.MultiplyAdd(TStored.Load(value), TSimd.Broadcast(weights[position]), even);
        }

        TSimd.Store(TSimd.Add(even, odd), to);
    }

    /// <summary>Converts scores to weights and rescales earlier sums to the new largest score.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Weigh(float* scores, int count, float* sums, int width, float* largest, float* total)
    {
        // Lanes after the last score have weight 0.
        int lanes = TSimd.Lanes;
        int padded = (count + lanes - 1) / lanes * lanes;
        new Span<float>(scores + count, padded - count).Fill(float.NegativeInfinity);
        TVector max = TSimd.Broadcast(*largest);
        for (int index = 0; index < padded; index += lanes)
        {
            max = TSimd.Max(max, TSimd.Load(scores + index));
        }

        float now = TSimd.Largest(max);
        if (now > *largest)
        {
            float factor = MathF.Exp(*largest - now);
            TVector factors = TSimd.Broadcast(factor);
            for (int column = 0; column < width; column += lanes)
            {
                TSimd.Store(TSimd.Multiply(TSimd.Load(sums + column), factors), sums + column);
            }

            *total *= factor;
            *largest = now;
        }

        TVector minus = TSimd.Broadcast(-now);
        TVector sum = TSimd.Zero;
        for (int index = 0; index < padded; index += lanes)
        {
            TVector weight = TSimd.Exp(TSimd.Add(TSimd.Load(scores + index), minus));
            TSimd.Store(weight, scores + index);
            sum = TSimd.Add(sum, weight);
        }

        *total += TSimd.Sum(sum);
    }
}
