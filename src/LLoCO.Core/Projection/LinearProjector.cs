using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Projection;

/// <summary>One trained linear layer between an encoder and a decoder of another width: <c>y = W x + b</c>.</summary>
/// <remarks>Safe for concurrent use. Computes in float32 on the CPU, on the calling thread.</remarks>
internal sealed class LinearProjector : ISummaryProjector, IDisposable
{
    /// <summary>Name of the layer in a file: <c>projector.weight</c>, <c>projector.bias</c>.</summary>
    internal const string LayerName = "projector";

    private readonly ProjectorWeights _layer;

    private LinearProjector(ProjectorWeights layer)
    {
        _layer = layer;
        Fingerprint = ProjectorWeights.Fingerprint("linear", layer);
    }

    /// <inheritdoc/>
    public int InputWidth => _layer.Input;

    /// <inheritdoc/>
    public int OutputWidth => _layer.Output;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>Loads the layer: <c>projector.weight</c>, <c>[out, in]</c>, and <c>projector.bias</c>, <c>[out]</c>, which may be
    /// absent.</summary>
    /// <param name="source">The opened file; not needed afterwards.</param>
    /// <param name="file">The file's path, for messages.</param>
    /// <returns>The projector.</returns>
    /// <exception cref="CheckpointFormatException">The weight is missing, or a shape is wrong.</exception>
    public static LinearProjector Load(ITensorSource source, string file)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new LinearProjector(ProjectorWeights.Load(source, LayerName, file));
    }

    /// <inheritdoc/>
    public float[] Project(ReadOnlySpan<float> vectors) => ProjectorWeights.Run(vectors, InputWidth, _layer.Apply);

    /// <summary>Releases the weights.</summary>
    public void Dispose() => _layer.Dispose();
}
