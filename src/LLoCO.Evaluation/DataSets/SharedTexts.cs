using LLoCO.Core.Index;

namespace LLoCO.Evaluation.DataSets;

/// <summary>Gives equal documents one id, computed from their text, and one string while it is referenced.</summary>
internal sealed class SharedTexts
{
    private const int IdLength = 16;

    private readonly Dictionary<string, WeakReference<string>> _texts = new(StringComparer.Ordinal);

    /// <summary>Finds the id of a document.</summary>
    public (string Id, string Text) Share(string text)
    {
        string id = ContentHash.OfText(text)[..IdLength];
        if (_texts.TryGetValue(id, out WeakReference<string>? known) && known.TryGetTarget(out string? same))
        {
            return (id, same);
        }

        _texts[id] = new WeakReference<string>(text);
        return (id, text);
    }
}
