namespace LLoCO.Evaluation.Synth;

/// <summary>A document of the practice corpus.</summary>
/// <param name="Id">Its name: group, seed and number.</param>
/// <param name="Group"><c>ship</c>, <c>town</c> or <c>workshop</c>.</param>
/// <param name="Text">The text.</param>
/// <param name="Facts">What it says of people, in text order.</param>
public sealed record SynthDocument(string Id, string Group, string Text, IReadOnlyList<SynthFact> Facts);

/// <summary>A fact of the practice corpus.</summary>
/// <param name="Subject">The person.</param>
/// <param name="Relation">What is told of the person, such as <c>trade</c>.</param>
/// <param name="Value">The answer, one word.</param>
/// <param name="Question">A question for it.</param>
/// <param name="Start">Index of the sentence's first character in the document.</param>
/// <param name="Length">Characters of the sentence.</param>
public sealed record SynthFact(string Subject, string Relation, string Value, string Question, int Start, int Length);
