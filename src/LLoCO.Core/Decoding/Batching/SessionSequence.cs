using LLoCO.Core.Compression;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Model;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>The KV cache of an answer. Its prefix may still have to be computed. Used on the model's thread only.</summary>
internal sealed class SessionSequence : IDisposable
{
    private readonly IReadOnlyList<SummaryEmbeddings> _prefix;
    private readonly PrefixCache _known;
    private readonly PrefixKey _key;
    private PrefixPrefill? _prefill;

    /// <summary>Attaches the prefix if its KV cache entries are cached.</summary>
    /// <param name="session">The session, nothing fed; disposed with this object.</param>
    /// <param name="prefix">The summary embeddings; may be empty.</param>
    /// <param name="known">Where keys and values of prefixes are kept.</param>
    internal SessionSequence(DecodeSession session, IReadOnlyList<SummaryEmbeddings> prefix, PrefixCache known)
    {
        Session = session;
        _prefix = prefix;
        _known = known;
        if (prefix.All(document => document.Count == 0))
        {
            return;
        }

        _key = session.KeyOf(prefix, known.Frame);
        if (known.Find(_key) is { } keyValues)
        {
            session.Attach(keyValues, prefix, known);
        }
        else
        {
            NeedsPrefix = true;
        }
    }

    /// <summary>Gets the session.</summary>
    internal DecodeSession Session { get; }

    /// <summary>Gets whether the prefix is still incomplete.</summary>
    internal bool NeedsPrefix { get; private set; }

    /// <summary>Computes a piece of the prefix, or takes the whole prefix if another sequence has computed it
    /// meanwhile.</summary>
    internal void PrefillPrefix()
    {
        if (_prefill is null && _known.Holds(_key))
        {
            Session.Attach(_known.Find(_key)!, _prefix, _known);
            NeedsPrefix = false;
            return;
        }

        _prefill ??= Session.BeginPrefix(_prefix, _known.Frame);
        if (!_prefill.Advance())
        {
            PrefixKeyValues keyValues = _known.Add(_key, _prefill.Finish());
            Session.Attach(keyValues, _prefix, _known);
            NeedsPrefix = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _prefill?.Dispose();
        Session.Dispose();
    }
}
