using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>
/// The direction of Muon (Jordan et al. 2024; its scale as in arXiv 2502.16982): a matrix of momentum with all singular values
/// brought to about 1, so that rare associations are learned as fast as frequent ones.
/// </summary>
internal static class OrthogonalDirection
{
    private const int Iterations = 5;
    private const double Linear = 3.4445;
    private const double Cubic = -4.7750;
    private const double Quintic = 2.0315;

    /// <summary>Brings singular values to about 1, by five Newton-Schulz iterations.</summary>
    /// <param name="momentum">A matrix, float32.</param>
    /// <returns>A matrix of the same shape, whose entries have about the size of AdamW's steps.</returns>
    internal static Tensor Find(Tensor momentum)
    {
        (long rows, long columns) = (momentum.size(0), momentum.size(1));
        Tensor wide = rows > columns ? momentum.t() : momentum;
        Tensor direction = wide / wide.norm().Plus(1e-7);
        for (int i = 0; i < Iterations; i++)
        {
            // linear(x, y) is x times y transposed; the products below are symmetric.
            Tensor square = nn.functional.linear(direction, direction);
            Tensor mixed = square.Times(Cubic).Plus(nn.functional.linear(square, square).Times(Quintic));
            direction = direction.Times(Linear).Plus(nn.functional.linear(mixed, direction.t()));
        }

        return (rows > columns ? direction.t() : direction).Times(0.2 * Math.Sqrt(Math.Max(rows, columns)));
    }
}
