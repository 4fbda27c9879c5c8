using LLoCO.Core;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Model;

namespace LLoCO.Training.Probing;

/// <summary>Keys and values of prefixes of one model, kept between answers.</summary>
public sealed class PassPrefixes : IDisposable
{
    internal PassPrefixes(LlamaModel model, long maxBytes, string? folder, ModelFingerprint? fingerprint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        Cache = new PrefixCache(maxBytes, folder is null
            ? null
            : new PrefixFolder(folder, long.MaxValue, fingerprint ?? throw new ArgumentNullException(nameof(fingerprint)), model));
    }

    /// <summary>Gets how many prefixes were computed, rather than found in memory or in the folder.</summary>
    public long Computed => Cache.Computed;

    internal PrefixCache Cache { get; }

    /// <inheritdoc/>
    public void Dispose() => Cache.Dispose();
}
