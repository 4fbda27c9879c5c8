namespace LLoCO.Core.Runtime;

/// <content>Several pipelines over one model.</content>
internal sealed partial class LoadedModel
{
    private readonly LoadedModel? _shared;

    private LoadedModel(LoadedModel shared) =>
        (_shared, Model, Fingerprint, Worker) = (shared, shared.Model, shared.Fingerprint, shared.Worker);

    /// <summary>Makes a model of the same weights and thread, with adapters of its own besides those of this one. An own adapter hides one
    /// of the same name, and this model never learns of it.</summary>
    /// <returns>The model, to be disposed before this one.</returns>
    internal LoadedModel Share() => new(this);

    private async ValueTask LeaveAsync()
    {
        try
        {
            await Worker.RunAsync(ReleaseOwn, plain: true).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The thread has ended, so no other code uses the adapters.
            ReleaseOwn();
        }
    }
}
