namespace LLoCO.Core.Trust;

/// <summary>Which of an answer's token probabilities a confidence starts from.</summary>
public enum ConfidenceSignal
{
    /// <summary>The probability of the least likely token, the end token included. One wrong word makes an answer wrong, and a
    /// long answer hides it in a mean.</summary>
    Least = 0,

    /// <summary>The geometric mean of the tokens' probabilities: the exponential of the mean log-probability.</summary>
    Mean = 1,
}
