namespace LLoCO.Core.Pipeline.Asking;

/// <summary>The documents that a question will be answered from.</summary>
/// <param name="Group">Their common group; <see langword="null"/> where there are none, or of several groups.</param>
/// <param name="Documents">Their ids, best first, each with its passages that fit the question, best first.</param>
internal sealed record ChosenDocuments(string? Group, IReadOnlyList<ChosenDocument> Documents)
{
    /// <summary>Gets the choice of no document at all.</summary>
    public static ChosenDocuments None { get; } = new(null, []);
}

/// <summary>One document of a choice.</summary>
/// <param name="Id">The document.</param>
/// <param name="Passages">Its passages that fit the question, best first; may be empty.</param>
internal sealed record ChosenDocument(string Id, IReadOnlyList<AnswerSource> Passages);
