namespace LLoCO.Training.Memories;

/// <summary>How the attention that a token gets from many queries is taken together.</summary>
public enum SlotWorth
{
    /// <summary>The largest.</summary>
    Max = 0,

    /// <summary>The mean.</summary>
    Mean = 1,

    /// <summary>The root of the mean square.</summary>
    Rms = 2,
}
