namespace LLoCO.Tool;

/// <summary>The arguments do not make sense together: exit code 2.</summary>
internal sealed class ToolUsageException(string message) : Exception(message);
