using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Projection;

/// <summary>Loads whichever projector a file holds.</summary>
internal static class ProjectorFile
{
    /// <summary>Loads a <see cref="LinearProjector"/> (<c>projector.weight</c>) or an <see cref="MlpProjector"/>
    /// (<c>projector.0.weight</c>), told apart by the names in the file.</summary>
    /// <param name="source">The opened file; not needed afterwards.</param>
    /// <param name="file">The file's path, for messages.</param>
    /// <returns>The projector; disposable.</returns>
    /// <exception cref="CheckpointFormatException">The file holds neither.</exception>
    public static ISummaryProjector Load(ITensorSource source, string file)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Tensors.ContainsKey(LinearProjector.LayerName + ".weight"))
        {
            return LinearProjector.Load(source, file);
        }

        return source.Tensors.ContainsKey(MlpProjector.FirstName + ".weight")
            ? MlpProjector.Load(source, file)
            : throw new CheckpointFormatException(
                file, key: null, "holds no projector: neither projector.weight (linear) nor projector.0.weight (MLP).");
    }
}
