namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>A template that is not supported, or that refuses what it was given. The message names the place.</summary>
internal sealed class JinjaException(string message) : LlocoException(message);
