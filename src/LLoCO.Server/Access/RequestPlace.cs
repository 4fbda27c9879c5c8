namespace LLoCO.Server.Access;

/// <summary>The place that a request has among those that may use the model, as a feature of its context.</summary>
/// <param name="place">The place; <see langword="null"/> where none is needed.</param>
internal sealed class RequestPlace(IDisposable? place)
{
    /// <summary>Gives the place to the next request. A caller that has read the end of its answer may ask again at once, and must find its
    /// own place free: so this is called before that end is written, not behind it. A second call does nothing.</summary>
    public void Free() => place?.Dispose();
}
