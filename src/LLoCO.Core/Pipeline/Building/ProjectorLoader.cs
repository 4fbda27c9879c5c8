using LLoCO.Core.Checkpoints;
using LLoCO.Core.Projection;

namespace LLoCO.Core.Pipeline.Building;

/// <summary>Finds the projector that a model's summary embeddings pass.</summary>
internal static class ProjectorLoader
{
    /// <summary>What the file is called, in a model folder.</summary>
    internal const string FileName = "projector.safetensors";

    /// <summary>Finds the projector of the settings, that of the pipeline whose model is used, or that of the model folder.</summary>
    /// <param name="settings">Checked settings.</param>
    /// <param name="own">Takes over what is to be disposed with the pipeline.</param>
    /// <returns>The projector; <see langword="null"/> where vectors stay as they are.</returns>
    /// <exception cref="CheckpointFormatException">The folder's file is damaged or holds no projector.</exception>
    public static ISummaryProjector? Find(PipelineSettings settings, Func<IAsyncDisposable, IAsyncDisposable> own)
    {
        if (settings.Projector is { } brought)
        {
            return brought;
        }

        if (settings.Shared is { } shared)
        {
            return shared.Projector is LinearProjector or MlpProjector ? shared.Projector : null;
        }

        // A compressor that the caller brings names its projector itself.
        string? file = settings.Compressor is null && settings.Model is { } model ? Path.Combine(model.Folder, FileName) : null;
        if (!File.Exists(file))
        {
            return null;
        }

        using SafetensorsFile source = SafetensorsFile.Open(file);
        ISummaryProjector found = ProjectorFile.Load(source, file);
        own(new Release((IDisposable)found));
        return found;
    }

    private sealed class Release(IDisposable held) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            held.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
