using System.Collections.Concurrent;
using LLoCO.Core;
using LLoCO.Orleans.Work;
using Microsoft.Extensions.Logging;

namespace LLoCO.Orleans.Answers;

/// <summary>The adapters that a silo has: those of its model, and those of the shared folder, which are loaded when a question needs them
/// and again when they were trained anew. Safe for concurrent use.</summary>
/// <param name="pipeline">The silo's pipeline.</param>
/// <param name="options">The shared folder.</param>
/// <param name="logger">Told of adapters that cannot be loaded.</param>
internal sealed class AdapterShelf(LlocoPipeline pipeline, ClusterOptions options, ILogger<AdapterShelf> logger) : IDisposable
{
    private const string Weights = "adapter_model.safetensors";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentDictionary<string, DateTime> _loaded = new(StringComparer.Ordinal);

    /// <summary>Gets the adapters that questions have used here.</summary>
    public IReadOnlyList<string> Used => [.. _loaded.Keys];

    /// <summary>Loads an adapter, unless it is loaded as it is in the folder.</summary>
    /// <param name="adapter">The adapter; one that is nowhere is none, as everywhere.</param>
    public async Task LoadAsync(string adapter)
    {
        if (adapter.Length == 0 || adapter == AskOptions.NoAdapter)
        {
            return;
        }

        string folder = AdapterFolder.PathOf(options, adapter);
        var weights = new FileInfo(Path.Combine(folder, Weights));
        DateTime written = weights.Exists ? weights.LastWriteTimeUtc : DateTime.MinValue;
        if (_loaded.TryGetValue(adapter, out DateTime known) && known == written)
        {
            return;
        }

        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (weights.Exists && !(_loaded.TryGetValue(adapter, out known) && known == written))
            {
                await pipeline.LoadAdapterAsync(adapter, folder).ConfigureAwait(false);
            }

            _loaded[adapter] = written;
        }
        catch (LlocoException error)
        {
            // It may be written at this moment; the next question tries again.
            Log.AdapterNotLoaded(logger, error, adapter);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}
