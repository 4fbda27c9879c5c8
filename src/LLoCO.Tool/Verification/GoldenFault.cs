using LLoCO.Core;

namespace LLoCO.Tool.Verification;

/// <summary>A golden value is missing or cannot be run. It is reported as a failed row.</summary>
/// <param name="name">The value.</param>
/// <param name="fault">What is wrong with it.</param>
internal sealed class GoldenFault(string name, string fault) : LlocoException($"{name}: {fault}");
