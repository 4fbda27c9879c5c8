using System.Numerics;

namespace LLoCO.Core.Index;

/// <summary>Cosine similarity as a dot product of vectors that were scaled to length 1 when they were stored.</summary>
internal static class VectorMath
{
    // Rounding to float32 leaves the square of a unit vector's length this close to 1, up to some ten thousand numbers.
    private const double UnitTolerance = 1e-6;

    /// <summary>Scales a vector to length 1.</summary>
    /// <param name="vector">Finite numbers.</param>
    /// <returns>The unit vector; zeros stay zeros, whose similarity to anything is 0. What has the length 1 stays as it is, so that vectors
    /// that go from one index to another do not change.</returns>
    public static float[] Normalize(ReadOnlySpan<float> vector)
    {
        double squares = 0;
        foreach (float value in vector)
        {
            squares += (double)value * value;
        }

        if (Math.Abs(squares - 1) < UnitTolerance)
        {
            return vector.ToArray();
        }

        float[] unit = new float[vector.Length];
        double length = Math.Sqrt(squares);
        for (int i = 0; i < unit.Length && length > 0; i++)
        {
            unit[i] = (float)(vector[i] / length);
        }

        return unit;
    }

    /// <summary>Computes a dot product.</summary>
    /// <param name="left">Any numbers.</param>
    /// <param name="right">As many.</param>
    /// <returns>The sum of products.</returns>
    public static float Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        if (left.Length != right.Length)
        {
            throw new ArgumentException($"The vectors have {left.Length} and {right.Length} numbers.", nameof(right));
        }

        int done = 0;
        Vector<float> sums = Vector<float>.Zero;
        for (; done <= left.Length - Vector<float>.Count; done += Vector<float>.Count)
        {
            sums += new Vector<float>(left[done..]) * new Vector<float>(right[done..]);
        }

        float sum = Vector.Sum(sums);
        for (; done < left.Length; done++)
        {
            sum += left[done] * right[done];
        }

        return sum;
    }
}
