namespace LLoCO.Tool;

/// <summary>What a file or folder holds.</summary>
/// <param name="Json">For scripts.</param>
/// <param name="Text">For people.</param>
internal sealed record Inspection(object Json, string Text);
