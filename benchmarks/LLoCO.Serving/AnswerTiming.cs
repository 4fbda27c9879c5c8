namespace LLoCO.Serving;

/// <summary>The times of an answer.</summary>
/// <param name="FirstToken">Seconds to its first piece of text.</param>
/// <param name="Total">Seconds to its end.</param>
/// <param name="Tokens">Its tokens.</param>
internal readonly record struct AnswerTiming(double FirstToken, double Total, long Tokens)
{
    /// <summary>Gets the rate behind the first token.</summary>
    public double TokensPerSecond => (Tokens - 1) / (Total - FirstToken);
}
