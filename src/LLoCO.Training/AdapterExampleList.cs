namespace LLoCO.Training;

/// <summary>Examples that are the same in every epoch.</summary>
/// <param name="examples">The examples; at least one.</param>
public sealed class AdapterExampleList(IReadOnlyList<AdapterExample> examples) : IAdapterExampleSource
{
    /// <summary>Gets the examples.</summary>
    public IReadOnlyList<AdapterExample> Examples { get; } = examples ?? throw new ArgumentNullException(nameof(examples));

    /// <inheritdoc/>
    public int Count => Examples.Count;

    /// <inheritdoc/>
    public AdapterExample Get(int index, int epoch) => Examples[index];
}
