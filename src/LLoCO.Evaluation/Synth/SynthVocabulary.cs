namespace LLoCO.Evaluation.Synth;

/// <summary>All words of the practice corpus, for the training of a tokenizer that knows each as one piece.</summary>
internal static class SynthVocabulary
{
    /// <summary>Words without marks, each once, in a fixed order.</summary>
    internal static IReadOnlyList<string> Words() =>
        SynthLexicon.FirstNames
            .Concat(SynthLexicon.Surnames)
            .Concat(SynthGroup.All.SelectMany(GroupWords))
            .Concat(SynthProse.Words())
            .Append("Question").Append("Answer")
            .SelectMany(Plain)
            .Distinct()
            .ToArray();

    private static IEnumerable<string> GroupWords(SynthGroup group) =>
        group.Relations.SelectMany(relation => relation.Values
                .Concat(relation.Statements).Concat(relation.Restatements).Concat(relation.Questions))
            .Concat(group.Prose).Concat(group.Titles);

    private static IEnumerable<string> Plain(string text) =>
        text.Split(' ')
            .Where(word => !word.Contains('{', StringComparison.Ordinal))
            .Select(word => word.Trim('.', ',', '?', ':', '\n'))
            .Where(word => word.Length > 0 && word.All(char.IsLetter));
}
