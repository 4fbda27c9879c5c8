namespace LLoCO.Orleans;

/// <summary>What the units of a job are.</summary>
public enum JobKind
{
    /// <summary>Documents to compress into the index.</summary>
    Compress = 0,

    /// <summary>One adapter to train.</summary>
    Finetune = 1,
}
