namespace LLoCO.Tool;

/// <summary>The contents of a file or folder.</summary>
/// <param name="Json">For scripts.</param>
/// <param name="Text">For people.</param>
/// <param name="IsUsable">Whether it is usable.</param>
internal sealed record Inspection(object Json, string Text, bool IsUsable = true);
