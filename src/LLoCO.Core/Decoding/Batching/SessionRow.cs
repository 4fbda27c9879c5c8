using LLoCO.Core.Compression;
using LLoCO.Core.Model;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>The states of an answer whose prefix may still have to be computed. Used on the model's thread only.</summary>
internal sealed class SessionRow : IDisposable
{
    private readonly IReadOnlyList<SummaryEmbeddings> _prefix;
    private readonly PrefixCache _known;
    private readonly PrefixKey _key;
    private PrefixReading? _reading;

    /// <summary>Puts the prefix in front if its states are known.</summary>
    /// <param name="session">The session, nothing fed; disposed with this object.</param>
    /// <param name="prefix">The summary embeddings; may be empty.</param>
    /// <param name="known">Where states of prefixes are kept.</param>
    internal SessionRow(DecodeSession session, IReadOnlyList<SummaryEmbeddings> prefix, PrefixCache known)
    {
        Session = session;
        _prefix = prefix;
        _known = known;
        if (prefix.All(document => document.Count == 0))
        {
            return;
        }

        _key = session.KeyOf(prefix);
        if (known.Find(_key) is { } states)
        {
            session.Attach(states);
        }
        else
        {
            NeedsPrefix = true;
        }
    }

    /// <summary>Gets the session.</summary>
    internal DecodeSession Session { get; }

    /// <summary>Gets whether the prefix is not whole yet.</summary>
    internal bool NeedsPrefix { get; private set; }

    /// <summary>Computes a piece of the prefix, or takes all of it from whoever has computed it meanwhile.</summary>
    internal void ReadPrefix()
    {
        if (_reading is null && _known.Holds(_key))
        {
            Session.Attach(_known.Find(_key)!);
            NeedsPrefix = false;
            return;
        }

        _reading ??= Session.BeginPrefix(_prefix);
        if (!_reading.Advance())
        {
            PrefixStates states = _known.Add(_key, _reading.Finish());
            Session.Attach(states);
            NeedsPrefix = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reading?.Dispose();
        Session.Dispose();
    }
}
