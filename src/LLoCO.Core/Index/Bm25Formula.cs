namespace LLoCO.Core.Index;

/// <summary>
/// BM25 as FTS5's <c>bm25()</c> computes it (https://www.sqlite.org/fts5.html#the_bm25_function): k1 1.2, b 0.75,
/// <c>idf = ln((N - n + 0.5) / (n + 0.5))</c>, at least 1e-6.
/// </summary>
internal static class Bm25Formula
{
    /// <summary>The weight of a term that stands in half of the texts or more: it says nothing.</summary>
    public const double SmallestIdf = 1e-6;

    private const double K1 = 1.2;
    private const double B = 0.75;

    /// <summary>Computes the weight of a term.</summary>
    /// <param name="texts">Number of texts.</param>
    /// <param name="with">Number of texts that hold the term.</param>
    /// <returns>The weight, at least <see cref="SmallestIdf"/>.</returns>
    public static double Idf(double texts, double with) => Math.Max(SmallestIdf, Math.Log((texts - with + 0.5) / (with + 0.5)));

    /// <summary>Computes what a term adds to the score of a text.</summary>
    /// <param name="idf">The term's weight.</param>
    /// <param name="count">How often the text holds it.</param>
    /// <param name="length">Terms of the text.</param>
    /// <param name="averageLength">Mean number of terms of all texts.</param>
    /// <returns>The addend.</returns>
    public static double Score(double idf, int count, double length, double averageLength) =>
        idf * count * (K1 + 1) / (count + (K1 * (1 - B + (B * length / averageLength))));
}
