using LLoCO.Core.Numerics;

namespace LLoCO.Models.Tiny.Training;

/// <summary>Small matrices of random directions, on which structured weights are built.</summary>
internal static class RandomMatrix
{
    /// <summary>A vector of length 1.</summary>
    internal static float[] Direction(SeededRandom random, int length)
    {
        double[] numbers = [.. Enumerable.Range(0, length).Select(_ => Normal(random))];
        double norm = Math.Sqrt(numbers.Sum(number => number * number));
        return [.. numbers.Select(number => (float)(number / norm))];
    }

    /// <summary>Rows of length 1, at right angles to each other.</summary>
    internal static float[,] Orthonormal(SeededRandom random, int rows, int columns)
    {
        var matrix = new float[rows, columns];
        var made = new List<float[]>();
        while (made.Count < rows)
        {
            float[] row = Direction(random, columns);
            foreach (float[] other in made)
            {
                float along = row.Zip(other, (a, b) => a * b).Sum();
                row = [.. row.Zip(other, (a, b) => a - (along * b))];
            }

            float norm = MathF.Sqrt(row.Sum(number => number * number));
            made.Add([.. row.Select(number => number / norm)]);
            for (int j = 0; j < columns; j++)
            {
                matrix[made.Count - 1, j] = made[^1][j];
            }
        }

        return matrix;
    }

    /// <summary>Rows as columns.</summary>
    internal static float[,] Transposed(float[,] matrix)
    {
        var turned = new float[matrix.GetLength(1), matrix.GetLength(0)];
        for (int i = 0; i < turned.GetLength(0); i++)
        {
            for (int j = 0; j < turned.GetLength(1); j++)
            {
                turned[i, j] = matrix[j, i];
            }
        }

        return turned;
    }

    /// <summary>The product of two matrices.</summary>
    internal static float[,] Product(float[,] left, float[,] right)
    {
        var product = new float[left.GetLength(0), right.GetLength(1)];
        for (int i = 0; i < product.GetLength(0); i++)
        {
            for (int k = 0; k < right.GetLength(0); k++)
            {
                for (int j = 0; j < product.GetLength(1); j++)
                {
                    product[i, j] += left[i, k] * right[k, j];
                }
            }
        }

        return product;
    }

    private static double Normal(SeededRandom random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
