namespace LLoCO.Tool;

/// <summary>What a file or folder holds.</summary>
/// <param name="Json">For scripts.</param>
/// <param name="Text">For people.</param>
/// <param name="IsUsable">Whether it can be used for what it is for.</param>
internal sealed record Inspection(object Json, string Text, bool IsUsable = true);
