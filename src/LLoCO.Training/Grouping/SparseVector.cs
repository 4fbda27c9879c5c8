namespace LLoCO.Training.Grouping;

/// <summary>A document as numbers: those that are not 0, by rising place. Its length is at most 1, since terms that no other document
/// has count for its length but have no place.</summary>
/// <param name="Places">Places.</param>
/// <param name="Values">Their numbers.</param>
internal sealed record SparseVector(int[] Places, float[] Values)
{
    /// <summary>Gets the square of the length of what has a place.</summary>
    public double SquaredLength { get; } = Values.Sum(value => (double)value * value);

    /// <summary>Multiplies with a vector that has a number for each place.</summary>
    /// <param name="dense">The vector.</param>
    public double Dot(double[] dense)
    {
        double sum = 0;
        for (int i = 0; i < Places.Length; i++)
        {
            sum += Values[i] * dense[Places[i]];
        }

        return sum;
    }

    /// <summary>Multiplies with another.</summary>
    /// <param name="other">The other.</param>
    public float Dot(SparseVector other)
    {
        double sum = 0;
        (int i, int j) = (0, 0);
        while (i < Places.Length && j < other.Places.Length)
        {
            if (Places[i] == other.Places[j])
            {
                sum += (double)Values[i++] * other.Values[j++];
            }
            else if (Places[i] < other.Places[j])
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return (float)sum;
    }
}
