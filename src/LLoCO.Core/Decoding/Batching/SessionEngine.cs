using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Kernels;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>Computes answers of one model: long prefills with libtorch, short ones and decode steps with the kernels if they are
/// available.</summary>
/// <param name="loaded">The model and its adapters, merged ones among them; not disposed here.</param>
/// <param name="prefixes">Where keys and values of prefixes are kept; not disposed here.</param>
/// <param name="kernels">Generates tokens.</param>
/// <param name="ownsKernels">Whether the kernels are disposed with this object.</param>
internal sealed class SessionEngine(LoadedModel loaded, PrefixCache prefixes, ModelKernels kernels, bool ownsKernels = true) : ISequenceEngine
{
    private readonly DecodeSequence[] _rows = new DecodeSequence[kernels.Rows];
    private readonly SequenceTable<SessionSequence> _sequences = new();
    private readonly Dictionary<(LlamaModel Model, LoraAdapter? Adapter), SequenceGroup> _groups = [];
    private DecodeEngine? _stepped;
    private float[] _logits = [];
    private int[] _places = [];

    /// <inheritdoc/>
    public SequenceHandle Open(DecodeRequest request, LoraAdapter? adapter)
    {
        int capacity = request.Prompt.Length + request.Options.MaxNewTokens;
        (LlamaModel model, LoraAdapter? applied) = loaded.Resolve(adapter);
        var session = new DecodeSession(model, applied, capacity, kernels.Find(model))
        {
            Merged = applied is null ? adapter : null,
            PromptTokens = request.Prompt.Length,
        };
        try
        {
            if (loaded.FindPrefix(request.Adapter) is { } slot)
            {
                session.Attach(slot.Get);
            }

            return _sequences.Add(new SessionSequence(session, request.Prefix, prefixes));
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Close(SequenceHandle sequence) => _sequences.Remove(sequence).Dispose();

    /// <inheritdoc/>
    public bool NeedsPrefix(SequenceHandle sequence) => _sequences[sequence].NeedsPrefix;

    /// <inheritdoc/>
    public void PrefillPrefix(SequenceHandle sequence) => _sequences[sequence].PrefillPrefix();

    /// <inheritdoc/>
    public SequenceGroup PromptGroupOf(SequenceHandle sequence) => Group(SessionOf(sequence).Model, SessionOf(sequence).Adapter);

    /// <inheritdoc/>
    public void PrefillPrompts(ReadOnlySpan<PromptPart> parts)
    {
        var sessions = new DecodeSession[parts.Length];
        var ids = new ReadOnlyMemory<int>[parts.Length];
        var wanted = new bool[parts.Length];
        _places = new int[parts.Length];
        int place = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            sessions[i] = SessionOf(parts[i].Sequence);
            ids[i] = parts[i].Ids;
            wanted[i] = parts[i].Ends;
            _places[i] = parts[i].Ends ? place++ : -1;
        }

        _stepped = KernelPrefill.TryFeedPrompts(kernels.Find(sessions[0].Model), sessions, ids, wanted);
        if (_stepped is null)
        {
            _logits = SharedPasses.FeedPrompts(sessions, ids, wanted);
        }
    }

    /// <inheritdoc/>
    public SequenceGroup GroupOf(SequenceHandle sequence) => Group(SessionOf(sequence).Model, null);

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<SequenceToken> rows)
    {
        LlamaModel model = SessionOf(rows[0].Sequence).Model;
        if (kernels.Find(model)?.Engine is { } engine)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                _rows[i] = SessionOf(rows[i].Sequence).Row(rows[i].Id);
            }

            engine.Step(_rows.AsSpan(0, rows.Length));
            foreach (SequenceToken row in rows)
            {
                SessionOf(row.Sequence).Commit();
            }

            _places = [];
            _stepped = engine;
            return;
        }

        var sessions = new DecodeSession[rows.Length];
        var ids = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            sessions[i] = SessionOf(rows[i].Sequence);
            ids[i] = rows[i].Id;
        }

        _logits = SharedPasses.FeedSequences(model, sessions, ids);
        _places = [.. Enumerable.Range(0, rows.Length)];
        _stepped = null;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int row)
    {
        int vocabulary = loaded.Config.VocabularySize;
        int place = _places.Length == 0 ? row : _places[row];
        return _stepped is null ? _logits.AsSpan(place * vocabulary, vocabulary) : _stepped.Logits(place);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ownsKernels)
        {
            kernels.Dispose();
        }
    }

    private DecodeSession SessionOf(SequenceHandle sequence) => _sequences[sequence].Session;

    private SequenceGroup Group(LlamaModel model, LoraAdapter? adapter)
    {
        if (!_groups.TryGetValue((model, adapter), out SequenceGroup group))
        {
            group = new SequenceGroup(_groups.Count);
            _groups.Add((model, adapter), group);
        }

        return group;
    }
}
