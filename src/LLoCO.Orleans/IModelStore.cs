namespace LLoCO.Orleans;

/// <summary>Where silos get model files from: a shared folder, or anything that keeps objects by name. Implementations are safe for
/// concurrent use.</summary>
public interface IModelStore
{
    /// <summary>Lists the files of a model.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Its files, each with the hash that it must have.</returns>
    ValueTask<IReadOnlyList<ModelFile>> ListAsync(string model, CancellationToken cancellationToken = default);

    /// <summary>Opens a file of a model.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="file">One of the files that it lists.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Its bytes, to be disposed.</returns>
    ValueTask<Stream> OpenAsync(string model, ModelFile file, CancellationToken cancellationToken = default);
}
