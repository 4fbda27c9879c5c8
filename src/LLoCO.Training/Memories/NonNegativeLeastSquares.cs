using TorchSharp;
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
        double[] wanted = Read(right);
        bool[] free = [.. Enumerable.Repeat(true, count)];
        int fewest = count + 1;
        int patience = Patience;
        double tolerance = Tolerance * wanted.Max(Math.Abs);
        for (int round = 0; ; round++)
        {
            (double[] numbers, double[] product) = Solve(gram, right, free);
            int[] wrong = [.. Enumerable.Range(0, count).Where(
                i => free[i] ? numbers[i] < 0 : product[i] - wanted[i] < -tolerance)];
            if (wrong.Length == 0 || round == MaxRounds)
            {
                return tensor(Array.ConvertAll(numbers, number => Math.Max(number, 0)));
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
                free[i] = !free[i];
            }
        }
    }

    /// <summary>The free numbers, as if there were no others, zeros in the place of those; and what G gives of them.</summary>
    private static (double[] Numbers, double[] Product) Solve(Tensor gram, Tensor right, bool[] free)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] places = [.. Enumerable.Range(0, free.Length).Where(i => free[i]).Select(i => (long)i)];
        var numbers = new double[free.Length];
        if (places.Length == 0)
        {
            return (numbers, new double[free.Length]);
        }

        Tensor chosen = tensor(places, dtype: ScalarType.Int64);
        Tensor rows = gram.index_select(0, chosen);
        Tensor factor = linalg.cholesky(rows.index_select(1, chosen));
        Tensor solved = right.index_select(0, chosen).unsqueeze(1).cholesky_solve(factor);
        double[] found = Read(solved);
        for (int i = 0; i < found.Length; i++)
        {
            numbers[places[i]] = found[i];
        }

        return (numbers, Read(mm(rows.t(), solved)));
    }

    private static double[] Read(Tensor numbers) => numbers.contiguous().data<double>().ToArray();
}
