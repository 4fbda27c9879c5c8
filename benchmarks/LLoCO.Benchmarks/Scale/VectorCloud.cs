namespace LLoCO.Benchmarks.Scale;

/// <summary>Vectors as text has them: in clusters of many sizes, of fewer directions than they have numbers. Random ones would be equally far
/// from each other, which no text is and no graph can search.</summary>
/// <param name="width">Numbers per vector.</param>
internal sealed class VectorCloud(int width)
{
    private const int Directions = 48;
    private const int Topics = 400;
    private const float Spread = 0.55f;
    private const float Noise = 0.25f;

    private readonly float[][] _map = [.. Enumerable.Range(0, Directions).Select(i => Gauss(new Random(7_000 + i), width))];

    /// <summary>Makes the vector of a passage.</summary>
    /// <param name="number">Its number.</param>
    internal float[] Passage(int number) => Make(new Random(100_000 + number));

    /// <summary>Makes the vector of a question.</summary>
    /// <param name="number">Its number.</param>
    internal float[] Question(int number) => Make(new Random(-1 - number));

    private float[] Make(Random random)
    {
        // A few topics have most of the passages.
        int topic = (int)(Topics * Math.Pow(random.NextDouble(), 2));
        float[] centre = Gauss(new Random(topic), Directions);
        float[] own = Gauss(random, Directions);
        float[] vector = Gauss(random, width);
        for (int i = 0; i < width; i++)
        {
            vector[i] *= Noise * MathF.Sqrt(Directions);
        }

        for (int direction = 0; direction < Directions; direction++)
        {
            float share = centre[direction] + (Spread * own[direction]);
            for (int i = 0; i < width; i++)
            {
                vector[i] += share * _map[direction][i];
            }
        }

        float length = MathF.Sqrt(vector.Sum(value => value * value));
        return [.. vector.Select(value => value / length)];
    }

    private static float[] Gauss(Random random, int count)
    {
        var numbers = new float[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return numbers;
    }
}
