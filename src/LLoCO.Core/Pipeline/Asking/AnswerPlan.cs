using LLoCO.Core.Decoding;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>A question worked out up to the decoder: everything is loaded and counted.</summary>
/// <param name="Request">What to decode.</param>
/// <param name="Group">The group that answers.</param>
/// <param name="Sources">The passages of the documents that are read.</param>
/// <param name="RawTokens">Tokens of those documents.</param>
/// <param name="SummaryVectors">Summary embeddings in the prefix.</param>
/// <param name="RetrieveTime">Time it took to get here.</param>
internal sealed record AnswerPlan(
    DecodeRequest Request,
    string? Group,
    IReadOnlyList<AnswerSource> Sources,
    int RawTokens,
    int SummaryVectors,
    TimeSpan RetrieveTime)
{
    /// <summary>Gets what is read as raw tokens beside the summary.</summary>
    public AnswerExpansion? Expansion { get; init; }

    /// <summary>Gets how the answer's confidence is to be calibrated.</summary>
    public required string CalibrationContext { get; init; }
}
