using System.ComponentModel.DataAnnotations;

namespace LLoCO.Embeddings.MiniLM;

/// <summary>How all-MiniLM-L6-v2 is run.</summary>
public sealed record MiniLMOptions
{
    /// <summary>Gets the number of threads that compute one batch.</summary>
    /// <value>Default 0: as many as the processor has cores.</value>
    [Range(0, 256)]
    public int Threads { get; init; }

    /// <summary>Gets the most texts of one batch. Texts of similar length are put together; the vectors do not depend on it.</summary>
    /// <value>Default 16: more is not faster on a CPU, and takes more memory.</value>
    [Range(1, 1024)]
    public int BatchTexts { get; init; } = 16;
}
