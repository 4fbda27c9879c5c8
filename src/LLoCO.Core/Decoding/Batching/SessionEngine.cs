using LLoCO.Core.Kernels;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>Feeds answers of one model: prefix and prompt through libtorch, generated tokens through the kernels where there are
/// any.</summary>
/// <param name="model">The model; not disposed here.</param>
/// <param name="prefixes">Where states of prefixes are kept; not disposed here.</param>
/// <param name="decoding">What generates tokens.</param>
/// <param name="maxRows">Most answers of a step.</param>
internal sealed class SessionEngine(LlamaModel model, PrefixCache prefixes, DecodingOptions decoding, int maxRows) : IRowEngine
{
    private readonly DecodeRow[] _rows = new DecodeRow[maxRows];
    private KernelDecoder? _kernels;
    private bool _asked;
    private bool _stepped;
    private float[] _logits = [];

    /// <inheritdoc/>
    public IDisposable Begin(DecodeRequest request, LoraAdapter? adapter)
    {
        using DisposeScope scope = NewDisposeScope();
        int capacity = request.Prompt.Length + request.Options.MaxNewTokens;
        var session = new DecodeSession(model, adapter, capacity, Kernels());
        try
        {
            session.FeedPrefix(request.Prefix, prefixes);
            _logits = session.FeedTokens(request.Prompt.Span);
            _stepped = false;
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Step(ReadOnlySpan<RowToken> rows)
    {
        if (Kernels() is { } kernels)
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

            _stepped = true;
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
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int row)
    {
        int vocabulary = model.Config.VocabularySize;
        return _stepped ? _kernels!.Engine.Logits(row) : _logits.AsSpan(row * vocabulary, vocabulary);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _kernels?.Dispose();
        _kernels = null;
    }

    /// <summary>The kernels, made ready by the first answer: a pipeline that only compresses needs none.</summary>
    private KernelDecoder? Kernels()
    {
        if (!_asked)
        {
            _kernels = KernelDecoder.Create(model, decoding, maxRows);
            _asked = true;
        }

        return _kernels;
    }
}
