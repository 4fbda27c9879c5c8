using LLoCO.Core.Decoding;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>A question worked out up to the decoder: everything is loaded and counted.</summary>
/// <param name="Asked">The question.</param>
/// <param name="Context">What stands in front of it.</param>
/// <param name="Request">What to decode.</param>
/// <param name="RetrieveTime">Time it took to get here.</param>
internal sealed record AnswerPlan(AskedQuestion Asked, QuestionContext Context, DecodeRequest Request, TimeSpan RetrieveTime)
{
    /// <summary>Gets the group that answers.</summary>
    public string? Group => Asked.Chosen.Group;

    /// <summary>Gets how the answer's confidence is to be calibrated.</summary>
    public string CalibrationContext => Context.Expansion is null ? Asked.Options.Context.ToString() : "expanded";
}
