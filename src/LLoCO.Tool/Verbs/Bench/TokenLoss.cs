namespace LLoCO.Tool.Verbs.Bench;

/// <summary>What logits say of the token that comes.</summary>
internal static class TokenLoss
{
    /// <summary>Whether greedy decoding would choose a token.</summary>
    /// <param name="logits">One per id.</param>
    /// <param name="id">The token.</param>
    public static bool IsLargest(ReadOnlySpan<float> logits, int id)
    {
        foreach (float logit in logits)
        {
            if (logit > logits[id])
            {
                return false;
            }
        }

        return true;
    }
}
