using LLoCO.Core.Families;
using LLoCO.Core.Model;

namespace LLoCO.Core.Decoding;

/*
 *   longrope    length <= original window     all positions rotated by the short factors
 *               length >  original window     all positions rotated by the long factors
 *
 * The keys of a sequence that grows past the original window are all other keys, and so is what deeper layers made of them: the
 * sequence is computed anew, once. transformers does the same.
 */

/// <summary>What a sequence of a longrope model was fed, to compute it anew when its length asks for other factors.</summary>
/// <param name="scaling">The model's rule.</param>
internal sealed class SessionInputs(RopeScaling scaling)
{
    private readonly List<int> _ids = [];

    /// <summary>Gets or sets what computes the prefix for short or long sequences; <see langword="null"/> for none.</summary>
    internal Func<bool, PrefixKeyValues>? Prefix { get; set; }

    /// <summary>Makes a sequence ready for more tokens.</summary>
    /// <param name="cache">Its keys and values.</param>
    /// <param name="ids">The tokens that follow.</param>
    /// <param name="atLeast">Positions that it will have in any case.</param>
    /// <param name="feed">Feeds tokens to the empty cache, or behind the prefix.</param>
    /// <returns>Whether it was computed anew.</returns>
    internal bool Prepare(KeyValueCache cache, ReadOnlySpan<int> ids, long atLeast, Action<int[]> feed)
    {
        int kept = (int)(cache.Length - (cache.Prefix?.Length ?? 0));
        _ids.RemoveRange(kept, _ids.Count - kept);
        bool isLong = scaling.IsLong(Math.Max(cache.Length + ids.Length, atLeast));
        bool again = cache.Length > 0 && cache.IsLong != isLong;
        if (again)
        {
            cache.Clear();
            cache.IsLong = isLong;
            if (Prefix is not null)
            {
                cache.Attach(Prefix(isLong));
            }

            feed([.. _ids]);
        }

        cache.IsLong = isLong;
        _ids.AddRange(ids);
        return again;
    }
}
