namespace LLoCO.Training.Grouping;

/// <summary>What is compared of a document.</summary>
/// <param name="Id">The document.</param>
/// <param name="Group">Its group in the index.</param>
/// <param name="Tokens">Tokens of its text.</param>
/// <param name="Terms">How often each term stands in it.</param>
/// <param name="Embedding">The mean of its passages' unit vectors; empty where words are compared.</param>
internal sealed record DocumentSample(
    string Id, string Group, int Tokens, IReadOnlyDictionary<string, int> Terms, float[] Embedding);
