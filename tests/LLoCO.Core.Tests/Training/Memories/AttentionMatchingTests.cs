using LLoCO.Training.Memories;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Training.Memories;

/// <summary>Attention matching in double precision, compared with plain loops.</summary>
public sealed class AttentionMatchingTests
{
    private const int Tokens = 40;
    private const int Width = 8;
    private const int Queries = 120;
    private static readonly double Factor = 1 / Math.Sqrt(Width);

    private readonly double[][] _keys = Random(Tokens, Width, 1);
    private readonly double[][] _values = Random(Tokens, Width, 2);
    private readonly double[][] _queries = Random(Queries, Width, 3);
    private readonly double[][] _others = Random(Queries, Width, 4);

    [Theory]
    [InlineData(SlotChoice.Attention)]
    [InlineData(SlotChoice.Highest)]
    [InlineData(SlotChoice.Last)]
    [InlineData(SlotChoice.Random)]
    [InlineData(SlotChoice.Streaming)]
    public void Match_AsManySlotsAsTokens_AnswersAsAllTokensDo(SlotChoice choice)
    {
        Slots slots = Match(new KeyValueMemoryOptions { Choice = choice }, Tokens);

        Assert.InRange(Error(slots, _others), 0, 1e-5);
        Assert.InRange(MassError(slots, _others), 0, 1e-5);
    }

    [Theory]
    [InlineData(SlotWorth.Max)]
    [InlineData(SlotWorth.Mean)]
    [InlineData(SlotWorth.Rms)]
    public void Match_MoreSlots_HaveLessError(SlotWorth worth)
    {
        double[] errors = [.. new[] { 4, 8, 16, 24, 32, 40 }.Select(
            count => Error(Match(new KeyValueMemoryOptions { Worth = worth }, count), _others))];

        Assert.All(errors.Zip(errors.Skip(1)), pair => Assert.True(pair.Second < pair.First, string.Join(' ', errors)));
        Assert.InRange(errors[^1], 0, 1e-5);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(20)]
    public void Match_Fitted_HasLessErrorThanTheSameTokensAsTheyAre(int count)
    {
        Slots fitted = Match(new KeyValueMemoryOptions(), count);
        Slots plain = Match(new KeyValueMemoryOptions { Choice = SlotChoice.Highest }, count);

        Assert.Equal(plain.Keys, fitted.Keys);
        Assert.True(Error(fitted, _others) < 0.7 * Error(plain, _others));
        Assert.True(MassError(fitted, _others) < 0.7 * MassError(plain, _others));
    }

    [Fact]
    public void Match_Highest_TakesTheTokensThatPlainLoopsFind()
    {
        double[][] shares = Array.ConvertAll(_queries, query => Shares(query, _keys, new double[Tokens]));
        double[] mean = [.. Enumerable.Range(0, Tokens).Select(token => shares.Average(row => row[token]))];
        double[] max = [.. Enumerable.Range(0, Tokens).Select(token => shares.Max(row => row[token]))];
        double[] rms = [.. Enumerable.Range(0, Tokens).Select(token => Math.Sqrt(shares.Average(row => row[token] * row[token])))];

        Assert.Equal(Expected(mean), Keys(SlotWorth.Mean));
        Assert.Equal(Expected(max), Keys(SlotWorth.Max));
        Assert.Equal(Expected(rms), Keys(SlotWorth.Rms));

        IEnumerable<double[]> Expected(double[] worth) =>
            Enumerable.Range(0, Tokens).OrderByDescending(token => worth[token]).Take(7).Select(token => _keys[token]);

        double[][] Keys(SlotWorth worth) =>
            Match(new KeyValueMemoryOptions { Choice = SlotChoice.Highest, Worth = worth }, 7).Keys;
    }

    [Theory]
    [InlineData(SlotChoice.Last, new[] { 39, 38, 37, 36, 35, 34 })]
    [InlineData(SlotChoice.Streaming, new[] { 0, 1, 2, 3, 39, 38 })]
    public void Match_ByPlace_TakesThoseTokens(SlotChoice choice, int[] places)
    {
        Slots slots = Match(new KeyValueMemoryOptions { Choice = choice }, places.Length);

        Assert.Equal(places.Select(place => _keys[place]), slots.Keys);
        Assert.Equal(places.Select(place => _values[place]), slots.Values);
        Assert.All(slots.Biases, bias => Assert.Equal(0, bias));
    }

    [Fact]
    public void Match_Values_AreTheRidgeSolutionOfPlainElimination()
    {
        const int Count = 6;
        var options = new KeyValueMemoryOptions { Ridge = 0.05 };
        Slots slots = Match(options, Count);

        double[][] weights = Array.ConvertAll(_queries, query => Shares(query, slots.Keys, slots.Biases));
        double[][] read = Array.ConvertAll(_queries, query => Read(query, _keys, _values, new double[Tokens]));
        double[,] gram = new double[Count, Count];
        for (int i = 0; i < Count; i++)
        {
            for (int j = 0; j < Count; j++)
            {
                gram[i, j] = weights.Sum(row => row[i] * row[j]);
            }
        }

        double ridge = options.Ridge * Enumerable.Range(0, Count).Average(i => gram[i, i]);
        double[][] own = [.. slots.Keys.Select(key => _values[Array.FindIndex(_keys, one => one.SequenceEqual(key))])];
        for (int column = 0; column < Width; column++)
        {
            double[] right = [.. Enumerable.Range(0, Count).Select(
                i => (ridge * own[i][column]) + weights.Select((row, n) => row[i] * read[n][column]).Sum())];
            double[] expected = Eliminate(gram, ridge, right);
            Assert.All(Enumerable.Range(0, Count), i => Assert.Equal(expected[i], slots.Values[i][column], 1e-8));
        }
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 12)]
    [InlineData(3, 40)]
    public void NonNegativeLeastSquares_IsWhatSlowDescentFinds(int seed, int count)
    {
        double[][] rows = Random(3 * count, count, seed);
        double[] wanted = [.. Random(1, 3 * count, seed + 10)[0]];
        var gram = new double[count, count];
        double[] right = new double[count];
        for (int i = 0; i < count; i++)
        {
            right[i] = rows.Select((row, n) => row[i] * wanted[n]).Sum();
            for (int j = 0; j < count; j++)
            {
                gram[i, j] = rows.Sum(row => row[i] * row[j]);
            }
        }

        using DisposeScope scope = NewDisposeScope();
        double[] found = NonNegativeLeastSquares.Solve(tensor(gram), tensor(right)).data<double>().ToArray();

        double[] slow = new double[count];
        for (int round = 0; round < 20_000; round++)
        {
            for (int i = 0; i < count; i++)
            {
                double slope = -right[i] + Enumerable.Range(0, count).Sum(j => gram[i, j] * slow[j]);
                slow[i] = Math.Max(0, slow[i] - (slope / gram[i, i]));
            }
        }

        Assert.Contains(slow, number => number == 0);
        Assert.All(slow.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-7));
    }

    private Slots Match(KeyValueMemoryOptions options, int count)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor keys, Tensor values, Tensor biases) =
            new AttentionMatching(options).Match(
                Rows(_keys), Rows(_values), ReferenceQueries.From(Rows(_queries), Rows(_keys), Rows(_values), Factor), count);
        return new Slots(Cut(keys), Cut(values), biases.data<double>().ToArray());
    }

    private double Error(Slots slots, double[][] queries) => Math.Sqrt(queries.Average(query =>
        Read(query, slots.Keys, slots.Values, slots.Biases).Zip(Read(query, _keys, _values, new double[Tokens]), (one, other) => (one - other) * (one - other)).Sum()));

    private double MassError(Slots slots, double[][] queries) => queries.Average(query =>
        Math.Abs(Mass(query, slots.Keys, slots.Biases) - Mass(query, _keys, new double[Tokens])));

    private static double Mass(double[] query, double[][] keys, double[] biases) =>
        Math.Log(keys.Select((key, i) => Math.Exp((Dot(query, key) * Factor) + biases[i])).Sum());

    private static double[] Shares(double[] query, double[][] keys, double[] biases)
    {
        double mass = Mass(query, keys, biases);
        return [.. keys.Select((key, i) => Math.Exp((Dot(query, key) * Factor) + biases[i] - mass))];
    }

    private static double[] Read(double[] query, double[][] keys, double[][] values, double[] biases)
    {
        double[] shares = Shares(query, keys, biases);
        return [.. Enumerable.Range(0, Width).Select(column => shares.Select((share, i) => share * values[i][column]).Sum())];
    }

    private static double Dot(double[] one, double[] other) => one.Zip(other, (left, right) => left * right).Sum();

    private static double[] Eliminate(double[,] gram, double ridge, double[] right)
    {
        int count = right.Length;
        double[][] rows = [.. Enumerable.Range(0, count).Select(i =>
            Enumerable.Range(0, count).Select(j => gram[i, j] + (i == j ? ridge : 0)).Append(right[i]).ToArray())];
        for (int pivot = 0; pivot < count; pivot++)
        {
            for (int row = 0; row < count; row++)
            {
                double factor = row == pivot ? 0 : rows[row][pivot] / rows[pivot][pivot];
                rows[row] = [.. rows[row].Zip(rows[pivot], (number, other) => number - (factor * other))];
            }
        }

        return [.. rows.Select((row, i) => row[^1] / row[i])];
    }

    private static Tensor Rows(double[][] rows) => tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]);

    private static double[][] Cut(Tensor rows) => [.. rows.contiguous().data<double>().ToArray().Chunk((int)rows.size(1))];

    private static double[][] Random(int rows, int width, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, width).Select(_ =>
            Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())).ToArray())];
    }

    private sealed record Slots(double[][] Keys, double[][] Values, double[] Biases);
}
