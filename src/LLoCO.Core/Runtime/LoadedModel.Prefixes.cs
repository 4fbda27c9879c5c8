using System.Collections.Concurrent;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using static TorchSharp.torch;

namespace LLoCO.Core.Runtime;

/// <content>Adapters that are key/value prefixes.</content>
internal sealed partial class LoadedModel
{
    private readonly ConcurrentDictionary<string, PrefixSlot> _prefixes = new(StringComparer.Ordinal);

    /// <summary>Finds a key/value prefix.</summary>
    /// <param name="name">An adapter's name, or <see langword="null"/> for the base model.</param>
    /// <returns>The prefix; <see langword="null"/> if the name is a LoRA's, nobody's, or none.</returns>
    internal PrefixSlot? FindPrefix(string? name) => name is null ? null
        : _prefixes.GetValueOrDefault(name) ?? (_adapters.ContainsKey(name) ? null : _shared?.FindPrefix(name));

    /// <summary>Finds what an adapter changes in the passes; nothing if it is a key/value prefix, which is read here at its first
    /// use.</summary>
    /// <param name="name">An adapter's name, or <see langword="null"/> for the base model.</param>
    /// <param name="cancellationToken">Cancels before the reading.</param>
    internal async ValueTask<LoraAdapter?> FindPassAdapterAsync(string? name, CancellationToken cancellationToken)
    {
        if (FindPrefix(name) is not { } slot)
        {
            return await FindAdapterAsync(name, cancellationToken).ConfigureAwait(false);
        }

        await Worker.RunAsync(() => slot.Get().Dispose(), cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <summary>Makes a key/value prefix known under a name; its settings and shape are judged at once.</summary>
    private void AddPrefix(string name, string folder, ModelFingerprint fingerprint)
    {
        LoraAdapterFolder.EnsureMade(folder, name, fingerprint);
        using PeftPrefixFolder stored = PeftPrefixFolder.Open(folder);
        StoredPrefix.EnsureFits(stored, Config);
        var slot = new PrefixSlot(folder, stored.Config.Tokens, () =>
        {
            // As for adapters: what a job of no gradients reads must not remember that.
            using IDisposable plain = inference_mode(false);
            using PeftPrefixFolder file = PeftPrefixFolder.Open(folder);
            return StoredPrefix.Load(file, Config, Model.Weights.Type, Model.Weights.Device);
        });
        _prefixes[name] = slot;
        _adapters.TryRemove(name, out _);
    }
}
