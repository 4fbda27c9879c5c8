namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Raw text in front of a question.</summary>
/// <param name="Tokens">Its token ids.</param>
/// <param name="Sources">Where they come from; empty for a text that is no document.</param>
/// <param name="RawTokens">Tokens of the whole documents.</param>
internal sealed record RawContext(IReadOnlyList<int> Tokens, IReadOnlyList<AnswerSource> Sources, int RawTokens);
