using System.Text.RegularExpressions;

namespace LLoCO.Training.SelfStudy;

/// <summary>Finds names in a text.</summary>
internal static partial class StudyNames
{
    /// <summary>Runs of two or more capitalised words, each once, in the order of the text. A sentence's first word may be taken
    /// for part of a name; the teacher then knows nothing about it, and its pairs are dropped as unsure.</summary>
    internal static IReadOnlyList<string> Find(string text) =>
        [.. Name().Matches(text).Select(match => match.Value).Distinct(StringComparer.Ordinal)];

    [GeneratedRegex(@"\b\p{Lu}[\p{L}'-]+(?: \p{Lu}[\p{L}'-]+)+")]
    private static partial Regex Name();
}
