namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>A pattern is broken, or asks for what is not supported. The message says which part.</summary>
internal sealed class PatternException(string message) : Exception(message);
