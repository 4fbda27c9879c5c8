namespace LLoCO.Retrieval;

/// <summary>Documents cut into passages, and questions with the passages that answer them.</summary>
/// <param name="Name">The data set, as the table names it.</param>
/// <param name="Documents">The documents.</param>
/// <param name="Questions">The questions.</param>
internal sealed record RecallSet(string Name, IReadOnlyList<RecallDocument> Documents, IReadOnlyList<RecallQuestion> Questions);

/// <summary>A document.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Group">Questions of the same group search it.</param>
/// <param name="Text">Its text.</param>
/// <param name="Passages">Start and length of each passage.</param>
internal sealed record RecallDocument(string Id, string Group, string Text, IReadOnlyList<(int Start, int Length)> Passages);

/// <summary>A question.</summary>
/// <param name="Text">The question.</param>
/// <param name="Group">What is searched.</param>
/// <param name="Right">The passages that answer it, as document and start.</param>
internal sealed record RecallQuestion(string Text, string Group, IReadOnlySet<(string Document, int Start)> Right);
