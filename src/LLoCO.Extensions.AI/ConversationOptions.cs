using System.ComponentModel.DataAnnotations;

namespace LLoCO.Extensions.AI;

/// <summary>How many conversations a chat client keeps, in memory. Whoever knows the id of one, which is random, can go on with
/// it.</summary>
public sealed record ConversationOptions
{
    /// <summary>Gets the most conversations. The one that was longest not gone on with is forgotten first.</summary>
    /// <value>Default 1,000.</value>
    [Range(1, 1 << 20)]
    public int MaxConversations { get; init; } = 1000;

    /// <summary>Gets the most turns of a conversation that are kept. The oldest are forgotten first.</summary>
    /// <value>Default 64: more than a window holds.</value>
    [Range(1, 1 << 16)]
    public int MaxTurns { get; init; } = 64;

    /// <summary>Gets the minutes after which a conversation that nobody went on with is forgotten.</summary>
    /// <value>Default 60.</value>
    [Range(1, 525_600)]
    public int MaxIdleMinutes { get; init; } = 60;
}
