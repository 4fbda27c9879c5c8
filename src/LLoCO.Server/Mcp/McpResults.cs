using System.ComponentModel;

namespace LLoCO.Server.Mcp;

/// <summary>A passage that was read, or found.</summary>
/// <param name="Document">The document's id.</param>
/// <param name="Start">Index of its first character in the document's text.</param>
/// <param name="End">Index after its last character.</param>
/// <param name="Text">The passage.</param>
internal sealed record McpPassage(string Document, int Start, int End, string Text);

/// <summary>An answer.</summary>
/// <param name="Answer">Its text.</param>
/// <param name="Warning">Reasons not to rely on it.</param>
/// <param name="Probability">How likely it is right, where that is known.</param>
/// <param name="TokenProbability">The probability of its least likely token.</param>
/// <param name="Sources">The passages that were found for the question.</param>
/// <param name="DocumentTokens">Tokens of the documents that were read.</param>
/// <param name="TokensRead">Positions that the model read for them.</param>
internal sealed record McpAnswer(
    string Answer,
    [property: Description("Reasons not to rely on the answer; null where there are none.")] string? Warning,
    [property: Description("How likely the answer is right, 0 to 1; null where that is not known.")] double? Probability,
    [property: Description("The probability of the answer's least likely token.")] double TokenProbability,
    IReadOnlyList<McpPassage> Sources,
    int DocumentTokens,
    int TokensRead);

/// <summary>Passages that were found.</summary>
/// <param name="Passages">The best first.</param>
internal sealed record McpPassages(IReadOnlyList<McpPassage> Passages);

/// <summary>A document.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Group">Its group.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Vectors">The summary vectors that stand for them.</param>
/// <param name="Uri">Its resource.</param>
/// <param name="Fidelity">The fidelity of its summary, where it was measured.</param>
/// <param name="Warning">What its ingestion found doubtful.</param>
internal sealed record McpDocument(string Id, string Group, int Tokens, int Vectors, string Uri, double? Fidelity = null, string? Warning = null);

/// <summary>The documents that were listed.</summary>
/// <param name="Documents">The documents, by id.</param>
internal sealed record McpDocuments(IReadOnlyList<McpDocument> Documents);
