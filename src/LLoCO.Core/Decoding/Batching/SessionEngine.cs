using LLoCO.Core.Kernels;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>Feeds answers of one model: prefix and prompt through libtorch, generated tokens through the kernels where there are
/// any.</summary>
/// <param name="loaded">The model and its adapters, merged ones among them; not disposed here.</param>
/// <param name="prefixes">Where states of prefixes are kept; not disposed here.</param>
/// <param name="decoding">What generates tokens.</param>
/// <param name="maxRows">Most answers of a step.</param>
internal sealed class SessionEngine(LoadedModel loaded, PrefixCache prefixes, DecodingOptions decoding, int maxRows) : IRowEngine
{
    private readonly DecodeRow[] _rows = new DecodeRow[maxRows];
    private readonly Dictionary<LlamaModel, KernelDecoder?> _kernels = [];
    private KernelDecoder? _stepped;
    private float[] _logits = [];

    /// <inheritdoc/>
    public IDisposable Begin(DecodeRequest request, LoraAdapter? adapter)
    {
        using DisposeScope scope = NewDisposeScope();
        int capacity = request.Prompt.Length + request.Options.MaxNewTokens;
        (LlamaModel model, LoraAdapter? applied) = loaded.Resolve(adapter);
        var session = new DecodeSession(model, applied, capacity, Kernels(model))
        {
            Merged = applied is null ? adapter : null,
        };
        try
        {
            session.FeedPrefix(request.Prefix, prefixes);
            _logits = session.FeedTokens(request.Prompt.Span);
            _stepped = null;
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public object GroupOf(IDisposable states) => ((DecodeSession)states).Model;

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<RowToken> rows)
    {
        LlamaModel model = ((DecodeSession)rows[0].States).Model;
        if (Kernels(model) is { } kernels)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                _rows[i] = ((DecodeSession)rows[i].States).Row(rows[i].Id);
            }

            kernels.Engine.Step(_rows.AsSpan(0, rows.Length));
            foreach (RowToken row in rows)
            {
                ((DecodeSession)row.States).Commit();
            }

            _stepped = kernels;
            return;
        }

        using DisposeScope scope = NewDisposeScope();
        var sessions = new DecodeSession[rows.Length];
        var ids = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            sessions[i] = (DecodeSession)rows[i].States;
            ids[i] = rows[i].Id;
        }

        _logits = DecodeSession.FeedRows(model, sessions, ids);
        _stepped = null;
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int row)
    {
        int vocabulary = loaded.Config.VocabularySize;
        return _stepped is null ? _logits.AsSpan(row * vocabulary, vocabulary) : _stepped.Engine.Logits(row);
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

    /// <summary>The kernels over a model, made ready by the first answer: a pipeline that only compresses needs none.</summary>
    private KernelDecoder? Kernels(LlamaModel model)
    {
        if (!_kernels.TryGetValue(model, out KernelDecoder? kernels))
        {
            kernels = KernelDecoder.Create(model, decoding, maxRows);
            _kernels.Add(model, kernels);
        }

        return kernels;
    }
}
