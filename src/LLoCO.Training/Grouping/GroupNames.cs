using LLoCO.Core;

namespace LLoCO.Training.Grouping;

/// <summary>Names groups: as most of their documents are grouped already, else by telling words.</summary>
/// <param name="space">The space of the documents.</param>
internal sealed class GroupNames(DocumentSpace space)
{
    private const int WordsInName = 2;
    private const int WordsTold = 8;
    private const int LeastLetters = 4;

    // A word that a part of the documents does not have names these documents, not their group.
    private const double LeastShare = 0.6;

    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase)
    {
        GroupingOptions.Unsure, SourceDocument.DefaultGroup, AskOptions.NoAdapter,
    };

    /// <summary>Finds the words that tell a group from others.</summary>
    /// <param name="group">The group.</param>
    /// <param name="others">The other groups.</param>
    /// <param name="documents">The group's documents.</param>
    public IReadOnlyList<string> Telling(
        GroupProfile group, IReadOnlyList<GroupProfile> others, IReadOnlyList<DocumentSample> documents) =>
        space is not TermSpace terms
            ? []
            : [.. group.TellingPlaces(others)
                .Select(place => terms.Terms[place])
                .Where(term => IsWord(term)
                    && documents.Count(document => document.Terms.ContainsKey(term)) >= LeastShare * documents.Count)
                .Take(WordsTold)];

    /// <summary>Names a group. No two calls give the same name.</summary>
    /// <param name="words">Its telling words.</param>
    /// <param name="documents">Its documents.</param>
    public string Name(IReadOnlyList<string> words, IReadOnlyList<DocumentSample> documents)
    {
        (string had, int count) = documents.CountBy(document => document.Group).MaxBy(group => group.Value);
        string name = count * 2 > documents.Count && _taken.Add(had)
            ? had
            : words.Count == 0 ? "group" : string.Join('-', words.Take(WordsInName));
        string unique = name;
        for (int number = 2; unique != had && !_taken.Add(unique); number++)
        {
            unique = $"{name}-{number}";
        }

        return unique;
    }

    // Scripts without spaces have terms of one and two characters; a name of them would say nothing.
    private static bool IsWord(string term) => term.All(char.IsLetter) && (term.Length >= LeastLetters || !char.IsAscii(term[0]));
}
