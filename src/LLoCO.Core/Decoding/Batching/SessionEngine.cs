using LLoCO.Core.Kernels;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>Feeds answers of one model: prefix and prompt through libtorch, generated tokens through the kernels where there are
/// any.</summary>
/// <param name="loaded">The model and its adapters, merged ones among them; not disposed here.</param>
/// <param name="prefixes">Where keys and values of prefixes are kept; not disposed here.</param>
/// <param name="decoding">What generates tokens.</param>
/// <param name="maxSequences">Most answers of a step.</param>
internal sealed class SessionEngine(LoadedModel loaded, PrefixCache prefixes, DecodingOptions decoding, int maxSequences) : ISequenceEngine
{
    private readonly DecodeSequence[] _rows = new DecodeSequence[maxSequences];
    private readonly Dictionary<LlamaModel, KernelDecoder?> _kernels = [];
    private KernelDecoder? _stepped;
    private float[] _logits = [];
    private int[] _places = [];

    /// <inheritdoc/>
    public IDisposable Open(DecodeRequest request, LoraAdapter? adapter)
    {
        int capacity = request.Prompt.Length + request.Options.MaxNewTokens;
        (LlamaModel model, LoraAdapter? applied) = loaded.Resolve(adapter);
        var session = new DecodeSession(model, applied, capacity, Kernels(model))
        {
            Merged = applied is null ? adapter : null,
        };
        try
        {
            return new SessionSequence(session, request.Prefix, prefixes);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool NeedsPrefix(IDisposable keyValues) => ((SessionSequence)keyValues).NeedsPrefix;

    /// <inheritdoc/>
    public void PrefillPrefix(IDisposable keyValues) => ((SessionSequence)keyValues).PrefillPrefix();

    /// <inheritdoc/>
    public object PromptGroupOf(IDisposable keyValues) => (object?)SessionOf(keyValues).Adapter ?? SessionOf(keyValues).Model;

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
            sessions[i] = SessionOf(parts[i].KeyValues);
            ids[i] = parts[i].Ids;
            wanted[i] = parts[i].Ends;
            _places[i] = parts[i].Ends ? place++ : -1;
        }

        _logits = SharedPasses.FeedPrompts(sessions, ids, wanted);
        _stepped = null;
    }

    /// <inheritdoc/>
    public object GroupOf(IDisposable keyValues) => SessionOf(keyValues).Model;

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<SequenceToken> rows)
    {
        LlamaModel model = SessionOf(rows[0].KeyValues).Model;
        if (Kernels(model) is { } kernels)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                _rows[i] = SessionOf(rows[i].KeyValues).Row(rows[i].Id);
            }

            kernels.Engine.Step(_rows.AsSpan(0, rows.Length));
            foreach (SequenceToken row in rows)
            {
                SessionOf(row.KeyValues).Commit();
            }

            _stepped = kernels;
            return;
        }

        var sessions = new DecodeSession[rows.Length];
        var ids = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            sessions[i] = SessionOf(rows[i].KeyValues);
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
        return _stepped is null ? _logits.AsSpan(_places[row] * vocabulary, vocabulary) : _stepped.Engine.Logits(row);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (KernelDecoder? kernels in _kernels.Values)
        {
            kernels?.Dispose();
        }

        _kernels.Clear();
    }

    private static DecodeSession SessionOf(IDisposable keyValues) => ((SessionSequence)keyValues).Session;

    /// <summary>The kernels over a model, made ready by the first answer: a pipeline that only compresses needs none.</summary>
    private KernelDecoder? Kernels(LlamaModel model)
    {
        if (!_kernels.TryGetValue(model, out KernelDecoder? kernels))
        {
            kernels = KernelDecoder.Create(model, decoding, maxSequences);
            _kernels.Add(model, kernels);
        }

        return kernels;
    }
}
