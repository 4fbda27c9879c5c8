using LLoCO.Core.Checkpoints;
using TorchSharp;

namespace LLoCO.Core.Projection;

/// <summary>
/// Two trained linear layers with an exact GELU (arXiv 1606.08415) between them, for an encoder and a decoder of other widths:
/// <c>y = W2 gelu(W1 x + b1) + b2</c>.
/// </summary>
/// <remarks>Safe for concurrent use. Computes in float32 on the CPU, on the calling thread.</remarks>
internal sealed class MlpProjector : ISummaryProjector, IDisposable
{
    /// <summary>Name of the first layer in a file: <c>projector.0.weight</c>, <c>projector.0.bias</c>.</summary>
    internal const string FirstName = "projector.0";

    // 1 is the GELU, which has no weights: the numbering of a PyTorch Sequential.
    private const string SecondName = "projector.2";

    private readonly ProjectorWeights _first;
    private readonly ProjectorWeights _second;

    private MlpProjector(ProjectorWeights first, ProjectorWeights second)
    {
        _first = first;
        _second = second;
        Fingerprint = ProjectorWeights.Fingerprint("mlp", first, second);
    }

    /// <inheritdoc/>
    public int InputWidth => _first.Input;

    /// <inheritdoc/>
    public int OutputWidth => _second.Output;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>Loads the layers: <c>projector.0.weight</c>, <c>[inner, in]</c>, <c>projector.2.weight</c>,
    /// <c>[out, inner]</c>, and their biases, which may be absent.</summary>
    /// <param name="source">The opened file; not needed afterwards.</param>
    /// <param name="file">The file's path, for messages.</param>
    /// <returns>The projector.</returns>
    /// <exception cref="CheckpointFormatException">A weight is missing, or the layers do not fit together.</exception>
    public static MlpProjector Load(ITensorSource source, string file)
    {
        ArgumentNullException.ThrowIfNull(source);
        ProjectorWeights first = ProjectorWeights.Load(source, FirstName, file);
        ProjectorWeights? second = null;
        try
        {
            second = ProjectorWeights.Load(source, SecondName, file);
            return second.Input == first.Output
                ? new MlpProjector(first, second)
                : throw new CheckpointFormatException(
                    file, SecondName + ".weight", $"reads {second.Input} numbers, the layer before gives {first.Output}.");
        }
        catch
        {
            first.Dispose();
            second?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public float[] Project(ReadOnlySpan<float> vectors) => ProjectorWeights.Run(
        vectors, InputWidth, rows => _second.Apply(torch.nn.functional.gelu(_first.Apply(rows))));

    /// <summary>Releases the weights.</summary>
    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }
}
