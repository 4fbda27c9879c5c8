using System.Numerics;

namespace LLoCO.Core.Index;

/// <summary>
/// Unit vectors with a byte for each number, and for each vector how far it lies from what its bytes say: that bounds its similarity to a
/// question, so that only those are read in full that may be among the nearest.
/// </summary>
/// <remarks>With x = scale · bytes + rest and a question q of length 1, x·q differs from scale · bytes·q by at most |rest| (Cauchy and
/// Schwarz).</remarks>
/// <param name="width">Numbers of a vector.</param>
internal sealed class ByteVectors(int width)
{
    // Vectors of one array: growing copies none, and the last one is small.
    private const int BlockSize = 4_096;

    // More than rounding in float32 makes of a sum of some ten thousand products.
    private const float Rounding = 1e-5f;

    private readonly List<sbyte[]> _numbers = [];
    private readonly List<(float Scale, float Slack)[]> _bounds = [];

    /// <summary>Gets the numbers of a vector.</summary>
    public int Width => width;

    /// <summary>Gets how many vectors there are.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a vector.</summary>
    /// <param name="vector">A vector of length 1, or zeros; one with other numbers is never passed over.</param>
    public void Add(ReadOnlySpan<float> vector)
    {
        int place = Count % BlockSize;
        if (place == 0)
        {
            _numbers.Add(new sbyte[BlockSize * width]);
            _bounds.Add(new (float Scale, float Slack)[BlockSize]);
        }

        float largest = Largest(vector);
        float scale = largest / sbyte.MaxValue;
        float rest = float.IsNormal(scale) ? Round(vector, scale, _numbers[^1].AsSpan(place * width, width)) : 0;

        // Zeros, and numbers that only a damaged file has, have no scale.
        _bounds[^1][place] = float.IsNormal(scale) ? (scale, MathF.Sqrt(rest) + Rounding)
            : (0, largest == 0 ? Rounding : float.PositiveInfinity);
        Count++;
    }

    /// <summary>Computes how similar each vector is to a question at least and at most.</summary>
    /// <param name="question">A vector of length 1, or zeros.</param>
    /// <param name="look">Gets the number of each vector, in the order in which they were added, the least and the most.</param>
    public void Compare(ReadOnlySpan<float> question, Action<int, float, float> look)
    {
        for (int block = 0; block < _numbers.Count; block++)
        {
            ReadOnlySpan<sbyte> numbers = _numbers[block];
            int first = block * BlockSize;
            int count = Math.Min(BlockSize, Count - first);
            for (int i = 0; i < count; i++)
            {
                (float scale, float slack) = _bounds[block][i];
                float middle = scale * Dot(numbers.Slice(i * width, width), question);
                look(first + i, middle - slack, middle + slack);
            }
        }
    }

    /// <summary>The largest absolute value; not a number where a value is none.</summary>
    private static float Largest(ReadOnlySpan<float> vector)
    {
        int done = 0;
        Vector<float> most = Vector<float>.Zero;
        for (; done <= vector.Length - Vector<float>.Count; done += Vector<float>.Count)
        {
            most = Vector.Max(most, Vector.Abs(new Vector<float>(vector[done..])));
        }

        float largest = 0;
        for (int i = 0; i < Vector<float>.Count; i++)
        {
            largest = MathF.Max(largest, most[i]);
        }

        for (; done < vector.Length; done++)
        {
            largest = MathF.Max(largest, MathF.Abs(vector[done]));
        }

        return largest;
    }

    /// <summary>Writes the bytes of a vector.</summary>
    /// <returns>The square of the length of what they lack.</returns>
    private static float Round(ReadOnlySpan<float> vector, float scale, Span<sbyte> numbers)
    {
        int done = 0;
        float inverse = 1 / scale;
        Vector<float> squares = Vector<float>.Zero;
        Span<int> rounded = stackalloc int[Vector<int>.Count];
        for (; done <= vector.Length - Vector<float>.Count; done += Vector<float>.Count)
        {
            var values = new Vector<float>(vector[done..]);
            Vector<float> whole = Vector.Round(values * inverse);
            Vector<float> missed = values - (whole * scale);
            squares += missed * missed;
            Vector.ConvertToInt32(whole).CopyTo(rounded);
            for (int i = 0; i < rounded.Length; i++)
            {
                numbers[done + i] = (sbyte)rounded[i];
            }
        }

        float rest = Vector.Sum(squares);
        for (; done < vector.Length; done++)
        {
            numbers[done] = (sbyte)MathF.Round(vector[done] * inverse);
            float missed = vector[done] - (scale * numbers[done]);
            rest += missed * missed;
        }

        return rest;
    }

    private static float Dot(ReadOnlySpan<sbyte> numbers, ReadOnlySpan<float> question)
    {
        int done = 0;
        Vector<float> low = Vector<float>.Zero;
        Vector<float> high = Vector<float>.Zero;
        for (; done <= numbers.Length - Vector<sbyte>.Count; done += Vector<sbyte>.Count)
        {
            Vector.Widen(new Vector<sbyte>(numbers[done..]), out Vector<short> left, out Vector<short> right);
            Vector.Widen(left, out Vector<int> first, out Vector<int> second);
            Vector.Widen(right, out Vector<int> third, out Vector<int> fourth);
            ReadOnlySpan<float> part = question.Slice(done, Vector<sbyte>.Count);
            low += Vector.ConvertToSingle(first) * new Vector<float>(part);
            high += Vector.ConvertToSingle(second) * new Vector<float>(part[Vector<float>.Count..]);
            low += Vector.ConvertToSingle(third) * new Vector<float>(part[(2 * Vector<float>.Count)..]);
            high += Vector.ConvertToSingle(fourth) * new Vector<float>(part[(3 * Vector<float>.Count)..]);
        }

        float sum = Vector.Sum(low + high);
        for (; done < numbers.Length; done++)
        {
            sum += numbers[done] * question[done];
        }

        return sum;
    }
}
