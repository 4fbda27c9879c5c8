using System.Collections.Concurrent;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;

namespace LLoCO.Core.Runtime;

/// <summary>
/// A model in memory: its weights, its adapters and the thread that computes with them. Compressor and decoder of the same
/// checkpoint share one.
/// </summary>
/// <remarks>Safe for concurrent use. <see cref="Model"/> and adapters are touched in jobs of <see cref="Worker"/> only.</remarks>
internal sealed partial class LoadedModel : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, AdapterSlot> _adapters = new(StringComparer.Ordinal);

    /// <summary>Takes ownership of a model.</summary>
    /// <param name="model">The model; disposed with this object.</param>
    /// <param name="fingerprint">What its summary embeddings carry, with the projector <c>identity</c>.</param>
    internal LoadedModel(LlamaModel model, ModelFingerprint fingerprint)
    {
        Model = model;
        Fingerprint = fingerprint;
        Worker = new ModelWorker("LLoCO model", atEnd: Release);
    }

    private readonly ConcurrentDictionary<LoraAdapter, LlamaModel> _merged = [];

    /// <summary>Gets the thread that runs all tensor work.</summary>
    internal ModelWorker Worker { get; }

    /// <summary>Gets the model.</summary>
    internal LlamaModel Model { get; }

    /// <summary>Gets the model's shape.</summary>
    internal LlamaConfig Config => Model.Config;

    /// <summary>Gets the fingerprint of summary embeddings that this model makes, without a projector.</summary>
    internal ModelFingerprint Fingerprint { get; }

    /// <summary>Gets the names of the adapters.</summary>
    internal IReadOnlyCollection<string> Adapters =>
        [.. _adapters.Keys.Concat(_prefixes.Keys).Union(_shared?.Adapters ?? []).Order(StringComparer.Ordinal)];

    /// <summary>Adds an adapter, or replaces the one of the same name.</summary>
    /// <param name="adapter">Float32 pairs on the model's device. Requests in progress keep the adapter that they started
    /// with.</param>
    internal void SetAdapter(LoraAdapter adapter)
    {
        _adapters[adapter.Name] = new AdapterSlot(adapter);
        _prefixes.TryRemove(adapter.Name, out _);
    }

    /// <summary>Finds an adapter. The first use of one that is read at its first use blocks as long as its file takes.</summary>
    /// <param name="name">Its name, or <see langword="null"/> for the base model.</param>
    /// <returns>The adapter, or <see langword="null"/> for the base model.</returns>
    /// <exception cref="LlocoException">There is none of that name, or its weights are damaged.</exception>
    internal LoraAdapter? FindAdapter(string? name) => name is null ? null : FindSlot(name).Get();

    /// <summary>As <see cref="FindAdapter"/>, with the reading on the model's thread.</summary>
    /// <param name="name">Its name, or <see langword="null"/> for the base model.</param>
    /// <param name="cancellationToken">Cancels before the reading.</param>
    internal async ValueTask<LoraAdapter?> FindAdapterAsync(string? name, CancellationToken cancellationToken)
    {
        if (name is null)
        {
            return null;
        }

        AdapterSlot slot = FindSlot(name);
        return slot.IsLoaded
            ? slot.Get()
            : await Worker.RunAsync(slot.Get, cancellationToken, gradients: true, plain: true).ConfigureAwait(false);
    }

    /// <summary>Refuses a name that no adapter has.</summary>
    /// <param name="name">The name, or <see langword="null"/> for the base model.</param>
    /// <exception cref="LlocoException">There is none of that name.</exception>
    internal void CheckAdapter(string? name)
    {
        if (name is not null && FindPrefix(name) is null)
        {
            FindSlot(name);
        }
    }

    private AdapterSlot FindSlot(string name) => TryFindSlot(name)
        ?? throw new LlocoException(FindPrefix(name) is not null
            ? $"The adapter '{name}' is a key/value prefix (CARTRIDGE or PREFIX_TUNING), not a LoRA: it stands in front of questions, "
                + "but cannot be merged into weights, be trained or teach."
            : $"There is no adapter '{name}'. Loaded: {(Adapters.Count == 0 ? "none" : string.Join(", ", Adapters))}. "
                + "Load it first, or ask the base model.");

    private AdapterSlot? TryFindSlot(string name) => _adapters.TryGetValue(name, out AdapterSlot? slot) ? slot
        : _prefixes.ContainsKey(name) ? null
        : _shared?.TryFindSlot(name);

    /// <summary>Merges an adapter into a copy of the weights that it changes (<see cref="LoraMerge"/>); later requests use it.
    /// Blocking: some reads of those weights.</summary>
    /// <param name="name">The adapter's name.</param>
    /// <exception cref="LlocoException">There is none of that name.</exception>
    internal void MergeAdapter(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        TorchMode.Use();
        LoraAdapter adapter = FindAdapter(name)!;
        if (!_merged.ContainsKey(adapter))
        {
            _merged[adapter] = LoraMerge.Merge(Model, adapter);
        }
    }

    /// <summary>Gets the model for a request: the base model with its adapter, or the one that the adapter is merged
    /// into.</summary>
    /// <param name="adapter">The request's adapter.</param>
    internal (LlamaModel Model, LoraAdapter? Applied) Resolve(LoraAdapter? adapter) =>
        adapter is not null && _merged.TryGetValue(adapter, out LlamaModel? merged) ? (merged, null)
        : _shared?.Resolve(adapter) ?? (Model, adapter);

    /// <summary>Refuses ids that the vocabulary does not have; libtorch would read past the table on a GPU.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="what">What they are, for the message.</param>
    /// <exception cref="ArgumentException">An id is out of range, or there are none.</exception>
    internal void CheckIds(ReadOnlySpan<int> ids, string what)
    {
        if (ids.IsEmpty)
        {
            throw new ArgumentException($"The {what} has no tokens; at least one is needed.");
        }

        foreach (int id in ids)
        {
            if ((uint)id >= (uint)Config.VocabularySize)
            {
                throw new ArgumentException(
                    $"The {what} has the token id {id}; the model knows 0 to {Config.VocabularySize - 1}. "
                    + "Use the tokenizer that belongs to the model.");
            }
        }
    }

    /// <summary>Lets waiting requests end, then releases the weights, or what is this object's own where it shares another's.</summary>
    /// <returns>Done when the memory is free.</returns>
    public ValueTask DisposeAsync() => _shared is null ? Worker.DisposeAsync() : LeaveAsync();

    private void Release()
    {
        ReleaseOwn();
        Model.Dispose();
    }

    private void ReleaseOwn()
    {
        foreach (LlamaModel merged in _merged.Values)
        {
            merged.Dispose();
        }

        foreach (IDisposable slot in _adapters.Values.Concat<IDisposable>(_prefixes.Values))
        {
            slot.Dispose();
        }
    }
}
