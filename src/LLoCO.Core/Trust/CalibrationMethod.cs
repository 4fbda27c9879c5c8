namespace LLoCO.Core.Trust;

/// <summary>How a raw confidence becomes a probability of being right.</summary>
public enum CalibrationMethod
{
    /// <summary>The log-odds times a slope plus an offset (Platt, "Probabilistic Outputs for Support Vector Machines", 1999):
    /// two numbers, needs few questions. The default.</summary>
    Platt = 0,

    /// <summary>The log-odds times a slope: one number, the inverse of a temperature (Guo et al., arXiv 1706.04599). The odds of
    /// one half stay where they are.</summary>
    Temperature = 1,

    /// <summary>Any rising curve (isotonic regression; Zadrozny and Elkan, KDD 2002). Needs some hundred questions.</summary>
    Isotonic = 2,
}
