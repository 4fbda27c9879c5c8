namespace LLoCO.Training.Memories;

/// <summary>Where the training of a document's keys and values starts.</summary>
public enum CartridgeStart
{
    /// <summary>The memory that the index has: of attention matching, of the first tokens, or one that was trained before.</summary>
    Memory = 0,

    /// <summary>Random numbers of the mean and spread of that memory, without biases.</summary>
    Random = 1,
}
