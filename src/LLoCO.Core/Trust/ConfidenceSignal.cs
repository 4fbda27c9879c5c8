namespace LLoCO.Core.Trust;

/// <summary>How the confidence of an answer is computed from its token probabilities.</summary>
public enum ConfidenceSignal
{
    /// <summary>The probability of the least likely token, the end token included. One wrong word makes an answer wrong, but
    /// hardly changes the mean of a long answer.</summary>
    Least = 0,

    /// <summary>The geometric mean of the tokens' probabilities: the exponential of the mean log-probability.</summary>
    Mean = 1,
}
