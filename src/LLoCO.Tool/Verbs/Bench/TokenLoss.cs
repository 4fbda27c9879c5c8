using LLoCO.Core.Kernels;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>What logits say of the token that comes.</summary>
internal static unsafe class TokenLoss
{
    /// <summary>The natural-log probability of a token.</summary>
    /// <param name="logits">One per id.</param>
    /// <param name="id">The token.</param>
    public static double LogProbability(ReadOnlySpan<float> logits, int id)
    {
        fixed (float* numbers = logits)
        {
            (float largest, double total) = KernelSet.Best.Exponentials(numbers, logits.Length);
            return logits[id] - largest - Math.Log(total);
        }
    }

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
