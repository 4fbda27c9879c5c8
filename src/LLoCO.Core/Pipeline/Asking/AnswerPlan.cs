using LLoCO.Core.Decoding;
using LLoCO.Core.Trust;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>A question ready for the decoder: everything is loaded and fits the window.</summary>
/// <param name="Asked">The question.</param>
/// <param name="Context">The context in front of it.</param>
/// <param name="Request">The decoder's request.</param>
/// <param name="RetrieveTime">Time it took to get here.</param>
internal sealed record AnswerPlan(AskedQuestion Asked, QuestionContext Context, DecodeRequest Request, TimeSpan RetrieveTime)
{
    /// <summary>Gets the doubts that are known before there is an answer.</summary>
    public required IReadOnlyList<Doubt> Doubts { get; init; }

    /// <summary>Gets the group of the documents.</summary>
    public string? Group => Asked.Chosen.Group;

    /// <summary>Gets the calibration of the answer's confidence.</summary>
    public string CalibrationContext => Context.Expansion is null ? Asked.Options.Context.ToString() : "expanded";
}
