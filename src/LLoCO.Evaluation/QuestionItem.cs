using LLoCO.Core;

namespace LLoCO.Evaluation;

/// <summary>A question with its document and accepted answers: one line of a question file.</summary>
/// <param name="Id">The question's id.</param>
/// <param name="Group">The group of the document.</param>
/// <param name="DocumentId">The document: its file's name, or an id made from its text. The same document has the same
/// id.</param>
/// <param name="Document">The document's text, or <see langword="null"/> for a question without one.</param>
/// <param name="Question">The question.</param>
/// <param name="Answers">Accepted answers; at least one.</param>
/// <param name="Choices">The choices of a multiple-choice question; empty otherwise.</param>
public sealed record QuestionItem(
    string Id,
    string Group,
    string? DocumentId,
    string? Document,
    string Question,
    IReadOnlyList<string> Answers,
    IReadOnlyList<string> Choices)
{
    /// <summary>Gets what tells the document's file from others (<see cref="SourceDocument.OriginOf"/>);
    /// <see langword="null"/> where it is none.</summary>
    public string? Origin { get; init; }
}
