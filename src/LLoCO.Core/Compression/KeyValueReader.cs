using LLoCO.Core.Runtime;

namespace LLoCO.Core.Compression;

/// <summary>Stands for the compressor where an index of key/value memories is only asked.</summary>
/// <param name="model">The model.</param>
/// <param name="head">Tokens in front of every segment.</param>
internal sealed class KeyValueReader(LoadedModel model, int head) : IContextCompressor
{
    /// <inheritdoc/>
    public ModelFingerprint Fingerprint { get; } = KeyValueMemory.Fingerprint(model.Fingerprint, head);

    /// <inheritdoc/>
    public int Width => KeyValueMemory.Width(model.Config);

    /// <inheritdoc/>
    public IReadOnlyList<int> Cut(ReadOnlySpan<int> tokens) => throw Refusal();

    /// <inheritdoc/>
    public IAsyncEnumerable<float[]> CompressAsync(
        IReadOnlyList<ReadOnlyMemory<int>> segments, ReadOnlyMemory<float> earlier, CancellationToken cancellationToken = default) =>
        throw Refusal();

    private static LlocoException Refusal() => new(
        "The index holds key/value memories. To add documents, say how large theirs are (--memory kv with --ratio or --slots; "
        + "UseKeyValueMemory of the package LLoCO.Training).");
}
