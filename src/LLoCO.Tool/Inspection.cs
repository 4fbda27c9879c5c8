namespace LLoCO.Tool;

/// <summary>The contents of a file or folder.</summary>
/// <param name="Json">For scripts.</param>
/// <param name="Text">For people.</param>
/// <param name="IsUsable">Whether it is usable.</param>
internal sealed record Inspection(object Json, string Text, bool IsUsable = true)
{
    /// <summary>Gets one sentence for each reason why it is not usable as it is.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];
}
