namespace LLoCO.Core.Tokenization.Patterns;

/// <summary>A pattern is invalid, or uses something unsupported. The message names the part.</summary>
internal sealed class PatternException(string message) : Exception(message);
