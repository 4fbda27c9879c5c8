namespace LLoCO.Core.Tokenization.Jinja;

/// <summary>The value of a name, attribute or item that is not there. It prints as nothing; using it further is an error.</summary>
/// <param name="Name">What was asked for.</param>
internal sealed record JinjaUndefined(string Name);
