namespace LLoCO.Training;

/// <summary>A document as one step cuts it.</summary>
/// <param name="Segments">Ids of its segments.</param>
/// <param name="Questions">Its questions.</param>
internal sealed record SegmentedDocument(int[][] Segments, IReadOnlyList<CompressorQuestion> Questions);

/// <summary>Learned tokens of a whole step, by which its losses are divided.</summary>
/// <param name="Language">Next tokens.</param>
/// <param name="Reconstruction">Tokens written anew.</param>
/// <param name="Questions">Tokens of answers.</param>
internal readonly record struct CompressorTotals(long Language, long Reconstruction, long Questions)
{
    /// <summary>Counts the tokens that each kind of loss is averaged over.</summary>
    internal static CompressorTotals Create(IReadOnlyCollection<SegmentedDocument> documents)
    {
        long tokens = documents.Sum(document => (long)document.Segments.Sum(segment => segment.Length));
        return new CompressorTotals(
            tokens - documents.Count,
            tokens,
            documents.Sum(document => document.Questions.Sum(question => (long)question.Answer.Length)));
    }
}

/// <summary>What documents gave.</summary>
internal sealed class CompressorLoss
{
    internal double Loss { get; set; }

    internal long Right { get; set; }

    internal long Predicted { get; set; }

    internal int Exact { get; set; }

    internal int Asked { get; set; }

    internal long Positions { get; set; }

    internal void Add(CompressorLoss other)
    {
        Loss += other.Loss;
        Right += other.Right;
        Predicted += other.Predicted;
        Exact += other.Exact;
        Asked += other.Asked;
        Positions += other.Positions;
    }
}
