namespace LLoCO.Training.Memories;

/// <summary>Which tokens of a document become the slots of a key/value memory, and whether they are fitted to the others.</summary>
public enum SlotChoice
{
    /// <summary>Attention matching (arXiv 2602.16284): the tokens with the highest attention, for each head by itself; biases and values
    /// are fitted so that the slots answer as all tokens do.</summary>
    Attention = 0,

    /// <summary>The same tokens, as they are: shows what the fit gains.</summary>
    Highest = 1,

    /// <summary>The last tokens.</summary>
    Last = 2,

    /// <summary>Tokens drawn at random, the same for each head.</summary>
    Random = 3,

    /// <summary>The first four tokens and the last ones (StreamingLLM, arXiv 2309.17453).</summary>
    Streaming = 4,

    /// <summary>The first tokens: where cartridges start in their paper (arXiv 2506.06266).</summary>
    First = 5,
}
