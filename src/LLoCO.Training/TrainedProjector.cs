using LLoCO.Core.Checkpoints;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Projection;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>The linear projector of a model folder in training: what the model's summary embeddings pass before they stand in front of a
/// text. Segments that follow read them as they are. Used on the model's thread.</summary>
internal sealed class TrainedProjector : IDisposable
{
    private const string WeightName = LinearProjector.LayerName + ".weight";
    private const string BiasName = LinearProjector.LayerName + ".bias";

    private readonly Tensor _weight;
    private readonly Tensor? _bias;

    private TrainedProjector(Tensor weight, Tensor? bias, bool learns)
    {
        _weight = new TorchSharp.Modules.Parameter(weight, requires_grad: learns).DetachFromDisposeScope();
        _bias = bias is null ? null : new TorchSharp.Modules.Parameter(bias, requires_grad: learns).DetachFromDisposeScope();
    }

    /// <summary>Loads the projector of a model folder.</summary>
    /// <param name="folder">The folder, or <see langword="null"/> for random weights.</param>
    /// <param name="width">The model's width.</param>
    /// <param name="learns">Whether it is trained.</param>
    /// <param name="device">Where to keep it.</param>
    /// <returns>The projector; <see langword="null"/> where the folder has none.</returns>
    /// <exception cref="CheckpointFormatException">The file holds no linear projector of the model's width.</exception>
    internal static TrainedProjector? Find(string? folder, int width, bool learns, Device device)
    {
        string? file = folder is null ? null : Path.Combine(folder, ProjectorLoader.FileName);
        if (!File.Exists(file))
        {
            return null;
        }

        using SafetensorsFile source = SafetensorsFile.Open(file);
        if (!source.Tensors.ContainsKey(WeightName))
        {
            throw new CheckpointFormatException(
                file, WeightName, "is missing: a compressor is trained with a linear projector or without one. Take the file out of the folder.");
        }

        Tensor weight = TensorLoader.Load(source, WeightName, [width, width], ScalarType.Float32, device, file);
        Tensor? bias = source.Tensors.ContainsKey(BiasName)
            ? TensorLoader.Load(source, BiasName, [width], ScalarType.Float32, device, file)
            : null;
        return new TrainedProjector(weight, bias, learns);
    }

    /// <summary>Its weights, by their names in the file.</summary>
    internal IEnumerable<(string Name, Tensor Weight)> Named() => _bias is null ? [(WeightName, _weight)] : [(WeightName, _weight), (BiasName, _bias)];

    /// <summary>Projects summary embeddings, in float32 as the pipeline does.</summary>
    /// <param name="summaries"><c>[rows, count, width]</c>.</param>
    internal Tensor Apply(Tensor summaries) =>
        nn.functional.linear(summaries.to(ScalarType.Float32), _weight, _bias).to(summaries.dtype);

    /// <summary>Writes it into a model folder.</summary>
    /// <param name="folder">The folder.</param>
    internal void Write(string folder) =>
        StageCheckpoint.WriteTensors(Path.Combine(folder, ProjectorLoader.FileName), [.. Named()], null);

    /// <inheritdoc/>
    public void Dispose()
    {
        _weight.Dispose();
        _bias?.Dispose();
    }
}
