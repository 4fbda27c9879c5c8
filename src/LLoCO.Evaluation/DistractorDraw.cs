using LLoCO.Core.Numerics;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Evaluation;

/// <summary>Draws other documents of a question's group to stand beside its own.</summary>
internal sealed class DistractorDraw
{
    private readonly ILookup<string, QuestionItem> _documents;

    /// <summary>Notes the documents of each group.</summary>
    /// <param name="items">All questions.</param>
    internal DistractorDraw(IEnumerable<QuestionItem> items) =>
        _documents = items.Where(item => item.Document is not null).DistinctBy(item => item.DocumentId)
            .ToLookup(item => item.Group, StringComparer.Ordinal);

    /// <summary>The documents for a question, its own among them, in random order; each as a question that is about it. The same
    /// question always gets the same.</summary>
    /// <param name="item">The question.</param>
    /// <param name="count">Other documents wanted; fewer where the group has no more.</param>
    internal QuestionItem[] For(QuestionItem item, int count)
    {
        SeededRandom random = SeededRandom.For(0, $"{item.DocumentId}/{item.Question}");
        QuestionItem[] others = [.. _documents[item.Group].Where(other => other.DocumentId != item.DocumentId)];
        random.Shuffle(others);
        QuestionItem[] read = [item, .. others.Take(count)];
        random.Shuffle(read);
        return read;
    }
}
