using System.Globalization;

namespace LLoCO.Core.Trust;

/// <summary>What documents of one kind, those that an adapter was trained to read, look like to a model.</summary>
/// <param name="Documents">Documents that were measured.</param>
/// <param name="PiecesPerWord">See <see cref="DocumentFamiliarity.PiecesPerWord"/>.</param>
/// <param name="Loss">See <see cref="DocumentFamiliarity.Loss"/>.</param>
/// <param name="Unknown">Share of a document's tokens that are not among <see cref="Pieces"/>.</param>
/// <param name="Pieces">A bit for each token id, the lowest of the first byte first: whether documents of this kind use
/// it.</param>
internal sealed record KindReference(
    int Documents, FigureRange PiecesPerWord, FigureRange Loss, FigureRange Unknown, ReadOnlyMemory<byte> Pieces)
{
    // A question has few tokens: one new word in ten says nothing.
    private const double MinQuestionLimit = 0.1;

    /// <summary>Gets the share of a question's tokens that are not among <see cref="QuestionPieces"/>; <see langword="null"/> if no
    /// questions were measured.</summary>
    public FigureRange? Questions { get; init; }

    /// <summary>Gets a bit for each token id, as in <see cref="Pieces"/>: whether questions about this kind use it.</summary>
    public ReadOnlyMemory<byte> QuestionPieces { get; init; }

    /// <summary>Counts the tokens that documents of this kind do not use.</summary>
    /// <param name="tokens">Token ids of a document.</param>
    /// <returns>Their share, 0 to 1; 0 without tokens.</returns>
    public double ShareUnknown(ReadOnlySpan<int> tokens) => ShareUnknown(Pieces.Span, tokens);

    /// <summary>Tells whether a question has more tokens that questions about this kind do not use than such questions
    /// have.</summary>
    /// <param name="tokens">Token ids of the question.</param>
    public bool IsOtherQuestion(ReadOnlySpan<int> tokens) => Questions is { } range
        && ShareUnknown(QuestionPieces.Span, tokens) > Math.Max(range.Limit, MinQuestionLimit);

    /// <summary>Counts the tokens without a bit.</summary>
    /// <param name="bits">A bit for each token id.</param>
    /// <param name="tokens">Token ids.</param>
    /// <returns>Their share, 0 to 1; 0 without tokens.</returns>
    public static double ShareUnknown(ReadOnlySpan<byte> bits, ReadOnlySpan<int> tokens)
    {
        int unknown = 0;
        foreach (int id in tokens)
        {
            unknown += id >= 0 && id / 8 < bits.Length && (bits[id / 8] >> (id % 8) & 1) == 1 ? 0 : 1;
        }

        return tokens.IsEmpty ? 0 : (double)unknown / tokens.Length;
    }

    /// <summary>Finds what of a document lies outside this kind.</summary>
    /// <param name="document">The document's figures.</param>
    /// <param name="kind">Name of this kind.</param>
    /// <returns>What lies outside, in words; empty for a document of this kind.</returns>
    internal IReadOnlyList<string> Judge(DocumentFamiliarity document, string kind)
    {
        var faults = new List<string>();
        if (document.Unknown.GetValueOrDefault(kind) is var unknown && unknown > Unknown.Limit)
        {
            faults.Add(Text($"{unknown:P0} of its tokens are none that documents of '{kind}' use ({Unknown.Mean:P0} is usual)"));
        }

        if (document.Loss is { } loss && !Loss.Holds(loss))
        {
            faults.Add(Text($"the model's loss on its text is {loss:F1} ({Loss.Mean:F1} is usual)"));
        }

        if (document.PiecesPerWord > PiecesPerWord.Limit)
        {
            faults.Add(Text($"a word takes {document.PiecesPerWord:F1} tokens ({PiecesPerWord.Mean:F1} is usual)"));
        }

        return faults;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A figure over the documents of one kind.</summary>
/// <param name="Mean">Its mean.</param>
/// <param name="Deviation">Its standard deviation.</param>
internal readonly record struct FigureRange(double Mean, double Deviation)
{
    /// <summary>Standard deviations above the mean from which a document is no longer of the kind.</summary>
    public const double Deviations = 6;

    /// <summary>Gets the largest value that a document of the kind may have.</summary>
    public double Limit => Mean + (Deviations * Deviation);

    /// <summary>Tells whether a document of the kind may have a value, which may be too small as well as too large.</summary>
    /// <param name="value">The value.</param>
    public bool Holds(double value) => Math.Abs(value - Mean) <= Deviations * Deviation;

    /// <summary>Sums measurements up.</summary>
    /// <param name="values">At least one.</param>
    /// <returns>Mean and standard deviation.</returns>
    public static FigureRange Create(IReadOnlyCollection<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double mean = values.Average();
        return new FigureRange(mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
    }
}
