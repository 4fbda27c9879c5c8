using LLoCO.Core.Pipeline.Building;

namespace LLoCO.Core;

/// <content>Adapters of the running pipeline, and what the training package builds on.</content>
public sealed partial class LlocoPipeline
{
    /// <summary>Gets the layers, for the sister package that trains on them.</summary>
    /// <exception cref="ObjectDisposedException">The pipeline was disposed.</exception>
    internal PipelineLayers Layers
    {
        get
        {
            EnsureUsable();
            return _layers;
        }
    }

    /// <summary>Loads an adapter into the running pipeline. It replaces an adapter of the same name.</summary>
    /// <param name="name">The adapter's name. If it equals a group's name, the adapter is the default for that group.</param>
    /// <param name="folder">The PEFT folder.</param>
    /// <param name="cancellationToken">Cancels before the loading.</param>
    /// <returns>A task that completes when questions can use the adapter.</returns>
    /// <exception cref="Checkpoints.CheckpointFormatException">A file is damaged or does not fit the model.</exception>
    /// <exception cref="FingerprintMismatchException">The adapter was trained for another model.</exception>
    public Task LoadAdapterAsync(string name, string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        EnsureUsable();
        Runtime.LoadedModel model = RequireModel("Loading an adapter");
        return model.Worker.RunAsync(() => model.LoadAdapter(name, folder, Fingerprint), cancellationToken, gradients: true);
    }

    /// <summary>Gets the library's own model.</summary>
    /// <param name="what">What needs it, for the message.</param>
    /// <exception cref="LlocoException">The caller supplied the compressor or the decoder.</exception>
    internal Runtime.LoadedModel RequireModel(string what) => _layers.Model
        ?? throw new LlocoException($"{what} needs the library's own decoder and compressor; this pipeline was given others.");
}
