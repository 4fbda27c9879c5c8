using LLoCO.Evaluation;

namespace FinetuneDomain;

/// <summary>Parts questions into those to learn from and those to measure on.</summary>
internal static class HoldOut
{
    private const int OneIn = 5;

    /// <summary>Holds out every fifth document; with fewer than five documents every fifth question.</summary>
    public static (QuestionItem[] Learned, QuestionItem[] HeldOut) Split(IReadOnlyList<QuestionItem> questions)
    {
        if (questions.Count < OneIn || questions.Any(item => item.Document is null))
        {
            throw new ArgumentException($"questions.jsonl must hold at least {OneIn} questions, each with its document.");
        }

        List<string?> documents = [.. questions.Select(item => item.DocumentId).Distinct()];
        ILookup<bool, QuestionItem> parts = documents.Count >= OneIn
            ? questions.ToLookup(item => documents.IndexOf(item.DocumentId) % OneIn == OneIn - 1)
            : questions.Index().ToLookup(one => one.Index % OneIn == OneIn - 1, one => one.Item);
        return ([.. parts[false]], [.. parts[true]]);
    }
}
