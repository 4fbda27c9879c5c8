namespace LLoCO.Core.Trust;

/// <summary>A reason not to rely on an answer, or on the answers that will be given from a document.</summary>
/// <param name="Reason">The kind of reason.</param>
/// <param name="Message">The reason in words: a clause, without a full stop.</param>
internal sealed record Doubt(DoubtReason Reason, string Message)
{
    /// <summary>Puts doubts into one text.</summary>
    /// <param name="doubts">The doubts.</param>
    /// <returns>The text; <see langword="null"/> where there is no doubt.</returns>
    public static string? Join(IReadOnlyCollection<Doubt> doubts) => doubts.Count == 0
        ? null
        : string.Join("; ", doubts.Select(doubt => doubt.Message).Distinct(StringComparer.Ordinal)) + ".";
}

/// <summary>Why an answer is in doubt.</summary>
internal enum DoubtReason
{
    /// <summary>No adapter was trained for the document's group, or none was to read: the base model answers.</summary>
    NoAdapter = 0,

    /// <summary>The adapter was trained for other documents, or it is not known which ones it reads.</summary>
    OtherAdapter = 1,

    /// <summary>The document's words or its text are not of the kind that the model or the adapter reads, or that was not
    /// measured.</summary>
    OtherText = 2,

    /// <summary>The document's fidelity is below the threshold, or no probe could be told from its raw text.</summary>
    LowFidelity = 3,

    /// <summary>The question names what none of the passages names, or is of another kind than the adapter was trained to
    /// answer.</summary>
    QuestionElsewhere = 4,

    /// <summary>The answer stands in none of the passages.</summary>
    NotGrounded = 5,
}
