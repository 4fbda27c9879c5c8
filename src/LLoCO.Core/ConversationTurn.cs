namespace LLoCO.Core;

/// <summary>An earlier question of a conversation, with its answer (<see cref="AskOptions.History"/>).</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer">What was answered; empty if nothing was.</param>
public sealed record ConversationTurn(string Question, string Answer);
