using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace LLoCO.Core.Kernels.Simd;

/// <summary>A block of positions for query heads that share 16-bit keys and values: these are widened once, and two heads at a
/// time use each loaded vector.</summary>
internal static unsafe class SharedKeys<TSimd, TVector, TStored>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
    where TStored : struct, IStored<TSimd, TVector>
{
    private const int CacheLine = 64;

    /// <summary>Attends to the block; the head's width must be a multiple of the vector's.</summary>
    /// <param name="task">The attention that the block belongs to.</param>
    /// <param name="blockKeys">The block's first key.</param>
    /// <param name="blockValues">The block's first value.</param>
    /// <param name="biases">What is added to the block's scores; <see langword="null"/> for nothing.</param>
    /// <param name="count">Positions of the block.</param>
    internal static void Attend(in AttentionTask task, byte* blockKeys, byte* blockValues, float* biases, int count)
    {
        int width = task.Width;
        float* scores = task.Scratch;
        float* keys = scores + (AttentionTask.Block * task.Group);
        float* values = keys + (AttentionTask.Block * width);
        Widen(blockKeys, keys, width, count);
        Widen(blockValues, values, width, count);
        int head = 0;
        for (; head + 2 <= task.Group; head += 2)
        {
            float* queries = task.Queries + (head * width);
            float* sums = task.Sums + (head * width);
            float* second = scores + AttentionTask.Block;
            ScoreTwo(queries, queries + width, keys, width, count, scores, second);
            Attention<TSimd, TVector, TStored>.Add(scores, biases, count);
            Attention<TSimd, TVector, TStored>.Add(second, biases, count);
            Weigh(scores, count, sums, width, task.Largest + head, task.Totals + head);
            Weigh(second, count, sums + width, width, task.Largest + head + 1, task.Totals + head + 1);
            SumTwo(scores, second, values, width, count, sums, sums + width);
        }

        if (head < task.Group)
        {
            float* sums = task.Sums + (head * width);
            Attention<TSimd, TVector, StoredFloat32<TSimd, TVector>>.Score(
                task.Queries + (head * width), (byte*)keys, width, count, scores);
            Attention<TSimd, TVector, TStored>.Add(scores, biases, count);
            Weigh(scores, count, sums, width, task.Largest + head, task.Totals + head);
            Attention<TSimd, TVector, StoredFloat32<TSimd, TVector>>.Sum(scores, (byte*)values, width, count, sums);
        }
    }

    private static void Weigh(float* scores, int count, float* sums, int width, float* largest, float* total) =>
        Attention<TSimd, TVector, StoredFloat32<TSimd, TVector>>.Weigh(scores, count, sums, width, largest, total);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen(byte* from, float* to, int width, int count)
    {
        // The next block is prefetched while this one is processed.
        long bytes = (long)count * width * TStored.Bytes;
        byte* next = from + (AttentionTask.Block * width * TStored.Bytes);
        for (long ahead = 0; ahead < bytes; ahead += CacheLine)
        {
            TSimd.Prefetch(next + ahead);
        }

        for (int index = 0; index < count * width; index += TSimd.Lanes)
        {
            TSimd.Store(TStored.Load(from + ((long)index * TStored.Bytes)), to + index);
        }
    }

    /// <summary>As <see cref="Attention{TSimd, TVector, TStored}.Score"/>, for two queries.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScoreTwo(
        float* query, float* otherQuery, float* keys, int width, int count, float* scores, float* otherScores)
    {
        for (int position = 0; position < count; position += 4)
        {
            float* key0 = keys + (position * width);
            float* key1 = keys + (Math.Min(position + 1, count - 1) * width);
            float* key2 = keys + (Math.Min(position + 2, count - 1) * width);
            float* key3 = keys + (Math.Min(position + 3, count - 1) * width);
            (TVector a0, TVector a1, TVector a2, TVector a3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
            (TVector b0, TVector b1, TVector b2, TVector b3) = (TSimd.Zero, TSimd.Zero, TSimd.Zero, TSimd.Zero);
            for (int column = 0; column < width; column += TSimd.Lanes)
            {
                TVector first = TSimd.Load(query + column);
                TVector second = TSimd.Load(otherQuery + column);
                TVector key = TSimd.Load(key0 + column);
                a0 = TSimd.MultiplyAdd(key, first, a0);
                b0 = TSimd.MultiplyAdd(key, second, b0);
                key = TSimd.Load(key1 + column);
                a1 = TSimd.MultiplyAdd(key, first, a1);
                b1 = TSimd.MultiplyAdd(key, second, b1);
                key = TSimd.Load(key2 + column);
                a2 = TSimd.MultiplyAdd(key, first, a2);
                b2 = TSimd.MultiplyAdd(key, second, b2);
                key = TSimd.Load(key3 + column);
                a3 = TSimd.MultiplyAdd(key, first, a3);
                b3 = TSimd.MultiplyAdd(key, second, b3);
            }

            TSimd.SumEach(a0, a1, a2, a3).Store(scores + position);
            TSimd.SumEach(b0, b1, b2, b3).Store(otherScores + position);
        }
    }

    /// <summary>As <see cref="Attention{TSimd, TVector, TStored}.Sum"/>, for two heads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumTwo(
        float* weights, float* otherWeights, float* values, int width, int count, float* sums, float* otherSums)
    {
        int lanes = TSimd.Lanes;
        int column = 0;
        for (; column + (4 * lanes) <= width; column += 4 * lanes)
        {
            float* to = sums + column;
            float* other = otherSums + column;
            (TVector a0, TVector a1) = (TSimd.Load(to), TSimd.Load(to + lanes));
            (TVector a2, TVector a3) = (TSimd.Load(to + (2 * lanes)), TSimd.Load(to + (3 * lanes)));
            (TVector b0, TVector b1) = (TSimd.Load(other), TSimd.Load(other + lanes));
            (TVector b2, TVector b3) = (TSimd.Load(other + (2 * lanes)), TSimd.Load(other + (3 * lanes)));
            float* value = values + column;
            for (int position = 0; position < count; position++)
            {
                TVector first = TSimd.Broadcast(weights[position]);
                TVector second = TSimd.Broadcast(otherWeights[position]);
                TVector numbers = TSimd.Load(value);
                a0 = TSimd.MultiplyAdd(numbers, first, a0);
                b0 = TSimd.MultiplyAdd(numbers, second, b0);
                numbers = TSimd.Load(value + lanes);
                a1 = TSimd.MultiplyAdd(numbers, first, a1);
                b1 = TSimd.MultiplyAdd(numbers, second, b1);
                numbers = TSimd.Load(value + (2 * lanes));
                a2 = TSimd.MultiplyAdd(numbers, first, a2);
                b2 = TSimd.MultiplyAdd(numbers, second, b2);
                numbers = TSimd.Load(value + (3 * lanes));
                a3 = TSimd.MultiplyAdd(numbers, first, a3);
                b3 = TSimd.MultiplyAdd(numbers, second, b3);
                value += width;
            }

            TSimd.Store(a0, to);
            TSimd.Store(a1, to + lanes);
            TSimd.Store(a2, to + (2 * lanes));
            TSimd.Store(a3, to + (3 * lanes));
            TSimd.Store(b0, other);
            TSimd.Store(b1, other + lanes);
            TSimd.Store(b2, other + (2 * lanes));
            TSimd.Store(b3, other + (3 * lanes));
        }

        for (; column < width; column += lanes)
        {
            TVector a = TSimd.Load(sums + column);
            TVector b = TSimd.Load(otherSums + column);
            for (int position = 0; position < count; position++)
            {
                TVector numbers = TSimd.Load(values + (position * width) + column);
                a = TSimd.MultiplyAdd(numbers, TSimd.Broadcast(weights[position]), a);
                b = TSimd.MultiplyAdd(numbers, TSimd.Broadcast(otherWeights[position]), b);
            }

            TSimd.Store(a, sums + column);
            TSimd.Store(b, otherSums + column);
        }
    }
}
