namespace LLoCO.Core.Trust;

/// <summary>Logistic regression on one feature by Newton's method, which takes a handful of steps for two numbers.</summary>
internal static class LogisticFit
{
    private const int MaxSteps = 100;
    private const double Enough = 1e-10;

    // Keeps the step finite if the feature is constant, and the slope finite if all answers are right or all are wrong.
    private const double Ridge = 1e-6;

    /// <summary>Fits a logistic curve by Newton's method.</summary>
    /// <param name="feature">One number per answer.</param>
    /// <param name="right">Whether each was right.</param>
    /// <param name="withOffset">Whether an offset is fitted beside the slope. Targets are then Platt's, a little inside 0 and 1,
    /// so that a set without a wrong answer does not promise certainty.</param>
    /// <returns>Slope and offset.</returns>
    public static (double Slope, double Offset) Create(double[] feature, bool[] right, bool withOffset)
    {
        double rights = right.Count(one => one);
        double wrongs = right.Length - rights;
        double whenRight = withOffset ? (rights + 1) / (rights + 2) : 1;
        double whenWrong = withOffset ? 1 / (wrongs + 2) : 0;
        double[] targets = [.. right.Select(one => one ? whenRight : whenWrong)];
        (double slope, double offset) = (withOffset ? 0 : 1, 0);
        double loss = Loss(feature, targets, slope, offset);
        for (int step = 0; step < MaxSteps; step++)
        {
            (double bySlope, double byOffset) = Direction(feature, targets, slope, offset, withOffset);
            double length = 1;
            double next = Loss(feature, targets, slope + bySlope, offset + byOffset);

            // Newton's step can overshoot far from the optimum, so it is halved until it helps.
            while (next > loss && length > Enough)
            {
                length /= 2;
                next = Loss(feature, targets, slope + (length * bySlope), offset + (length * byOffset));
            }

            if (next > loss)
            {
                break;
            }

            slope += length * bySlope;
            offset += length * byOffset;
            loss = next;
            if (Math.Abs(bySlope) + Math.Abs(byOffset) < Enough)
            {
                break;
            }
        }

        return (slope, offset);
    }

    private static (double BySlope, double ByOffset) Direction(
        double[] feature, double[] targets, double slope, double offset, bool withOffset)
    {
        (double gradientSlope, double gradientOffset) = (Ridge * slope, Ridge * offset);
        (double ss, double so, double oo) = (Ridge, 0.0, Ridge);
        for (int i = 0; i < feature.Length; i++)
        {
            double probability = 1 / (1 + Math.Exp(-((slope * feature[i]) + offset)));
            double weight = probability * (1 - probability);
            gradientSlope += (probability - targets[i]) * feature[i];
            gradientOffset += probability - targets[i];
            ss += weight * feature[i] * feature[i];
            so += weight * feature[i];
            oo += weight;
        }

        if (!withOffset)
        {
            return (-gradientSlope / ss, 0);
        }

        double determinant = (ss * oo) - (so * so);
        return (
            -((oo * gradientSlope) - (so * gradientOffset)) / determinant,
            -((ss * gradientOffset) - (so * gradientSlope)) / determinant);
    }

    private static double Loss(double[] feature, double[] targets, double slope, double offset)
    {
        double loss = Ridge / 2 * ((slope * slope) + (offset * offset));
        for (int i = 0; i < feature.Length; i++)
        {
            // -t ln p - (1 - t) ln (1 - p), written so that a large exponent does not overflow.
            double odds = (slope * feature[i]) + offset;
            loss += Math.Log(1 + Math.Exp(-Math.Abs(odds))) + Math.Max(odds, 0) - (targets[i] * odds);
        }

        return loss;
    }
}
