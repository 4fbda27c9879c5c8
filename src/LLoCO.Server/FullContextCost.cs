namespace LLoCO.Server;

/// <summary>What an answer from the full text would have cost: an estimate, shown beside the answer's own time.</summary>
/// <param name="SecondsFirstToken">Seconds to the first token, 0 or more.</param>
/// <param name="FitsWindow">Whether the text fits the model's native window.</param>
public sealed record FullContextCost(double SecondsFirstToken, bool FitsWindow);
