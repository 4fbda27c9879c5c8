using LLoCO.Core.Tensors;
using static TorchSharp.torch;

namespace LLoCO.Training.Memories;

/// <summary>Non-negative least squares from the normal equations, by block principal pivoting (Kim and Park, 2011): numbers change
/// between free and zero all at once while that helps, else one by one.</summary>
internal static class NonNegativeLeastSquares
{
    private const int MaxRounds = 40;
    private const int Patience = 3;
    private const double Tolerance = 1e-10;

    /// <summary>Finds the non-negative <c>x</c> with the least <c>x'Gx - 2x'h</c>.</summary>
    /// <param name="gram">G, <c>[n, n]</c>, float64, positive definite.</param>
    /// <param name="right">h, <c>[n]</c>, float64.</param>
    /// <returns><c>[n]</c>; numbers that are zero are exactly zero.</returns>
    internal static Tensor Solve(Tensor gram, Tensor right)
    {
        int count = (int)right.size(0);
        var free = new double[count];
        Array.Fill(free, 1);
        int fewest = count + 1;
        int patience = Patience;
        double tolerance = Tolerance * Largest(right);
        for (int round = 0; ; round++)
        {
            Tensor mask = tensor(free);
            Tensor solved = Solve(gram, right, mask);
            double[] numbers = Read(solved);
            double[] slope = Read(mv(gram, solved) - right);
            int[] wrong = [.. Enumerable.Range(0, count).Where(
                i => free[i] > 0 ? numbers[i] < 0 : slope[i] < -tolerance)];
            if (wrong.Length == 0 || round == MaxRounds)
            {
                return solved.RaisedTo(0L) * mask;
            }

            if (wrong.Length < fewest)
            {
                (fewest, patience) = (wrong.Length, Patience);
            }
            else if (patience-- <= 0)
            {
                wrong = wrong[^1..];
            }

            foreach (int i in wrong)
            {
                free[i] = 1 - free[i];
            }
        }
    }

    /// <summary>The free numbers, as if there were no others.</summary>
    private static Tensor Solve(Tensor gram, Tensor right, Tensor mask)
    {
        Tensor masked = (gram * mask.unsqueeze(0) * mask.unsqueeze(1)).Plus(diag(mask.Times(-1.0).Plus(1)));
        return linalg.solve(masked, (right * mask).unsqueeze(1)).squeeze(1);
    }

    private static double Largest(Tensor numbers) => Read(numbers).Max(Math.Abs);

    private static double[] Read(Tensor numbers) => numbers.contiguous().data<double>().ToArray();
}
