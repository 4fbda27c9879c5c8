using System.Text.RegularExpressions;

namespace LLoCO.Core.Checkpoints;

/// <summary>Regular expressions of <c>adapter_config.json</c>, which come from untrusted files: matched in linear time.</summary>
internal static class PeftPattern
{
    private const int MaxLength = 4096;

    /// <summary>Makes a test for whole module paths.</summary>
    /// <param name="fields">The file, for messages.</param>
    /// <param name="key">The key that holds the pattern.</param>
    /// <param name="pattern">Python's pattern.</param>
    /// <param name="before">What may stand before it in a path: an expression.</param>
    /// <param name="behind">What stands behind it.</param>
    /// <exception cref="CheckpointFormatException">The pattern is broken, too long, or looks around or back.</exception>
    internal static Regex Compile(JsonFields fields, string key, string pattern, string before = "", string behind = "")
    {
        if (pattern.Length > MaxLength)
        {
            throw fields.Fault(key, $"a pattern has {pattern.Length} characters; at most {MaxLength} are read");
        }

        // Python's writings of the same: (?P<name>…) and {,n}.
        string own = pattern.Replace("(?P<", "(?<", StringComparison.Ordinal).Replace("{,", "{0,", StringComparison.Ordinal);
        try
        {
            return new Regex(
                $@"\A{before}(?:{own}){behind}\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new CheckpointFormatException(
                fields.File,
                fields.Prefix + key,
                $"the pattern '{(pattern.Length <= 80 ? pattern : pattern[..80] + "…")}' is not one that is read (no lookaround, no back "
                + "references); write the modules as a list",
                error);
        }
    }
}
