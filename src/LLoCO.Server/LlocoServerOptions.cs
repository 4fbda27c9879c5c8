using System.ComponentModel.DataAnnotations;
using LLoCO.Extensions.AI;
using LLoCO.Tenants;

namespace LLoCO.Server;

/// <summary>Who may use the endpoints, and how much.</summary>
public sealed record LlocoServerOptions
{
    /// <summary>Gets the keys that callers send (<c>Authorization: Bearer KEY</c>).</summary>
    /// <value>Default empty: no key is needed, and only this machine is served.</value>
    public IReadOnlyList<LlocoApiKey> ApiKeys { get; init; } = [];

    /// <summary>Gets how much tenants may keep, by their names.</summary>
    /// <value>Default empty. A tenant that is not named may keep any amount.</value>
    public IReadOnlyDictionary<string, TenantQuota> Quotas { get; init; } = new Dictionary<string, TenantQuota>();

    /// <summary>Gets the name of the model, and how questions are asked by default.</summary>
    public LlocoChatOptions Chat { get; init; } = new() { IgnoresTools = false };

    /// <summary>Gets the most bytes of a request, uploaded documents included.</summary>
    /// <value>Default 16 MiB.</value>
    [Range(1024, 1L << 30)]
    public long MaxBodyBytes { get; init; } = 16L << 20;

    /// <summary>Gets the most questions and uploads in progress or waiting. One more is refused with status 429.</summary>
    /// <value>Default 64.</value>
    /// <remarks>With several keys, half of these places are kept for them, the same number for each: no key can take all. The keys of a tenant
    /// count as one.</remarks>
    [Range(1, 1 << 16)]
    public int MaxRequests { get; init; } = 64;

    /// <summary>Gets the most questions and uploads in progress. The others wait, and the keys that wait take turns, so that the many
    /// questions of one do not delay the few of another.</summary>
    /// <value>Default 16, the answers that a pipeline generates together (<see cref="Core.BatchOptions.MaxSequences"/>).</value>
    /// <remarks>With several keys, one of them has at most three quarters in progress. The keys of a tenant count as one.</remarks>
    [Range(1, 1 << 16)]
    public int MaxAtOnce { get; init; } = 16;

    /// <summary>Gets the most questions and uploads of a key in a minute. One more is refused with status 429.</summary>
    /// <value>Default 0: no limit.</value>
    [Range(0, 1 << 20)]
    public int MaxPerMinute { get; init; }

    /// <summary>Gets the most seconds that a question may take, waiting included.</summary>
    /// <value>Default 300.</value>
    [Range(1, 86_400)]
    public int TimeoutSeconds { get; init; } = 300;

    /// <summary>Gets the seconds that answers in progress get to end by themselves when the application stops. They are then ended with
    /// an error event.</summary>
    /// <value>Default 5; must be shorter than the host's shutdown time-out.</value>
    [Range(0, 3600)]
    public int StopSeconds { get; init; } = 5;

    /// <summary>Gets the estimate of what full text of so many tokens would have cost. Answers tell it (<c>lloco.full_context</c>), and
    /// the page shows it.</summary>
    /// <value>Default <see langword="null"/>: nothing is told.</value>
    /// <remarks>Called for each answer, at the same time by several; it must not take long.</remarks>
    public Func<int, FullContextCost>? FullContext { get; init; }

    /// <summary>Gets the folder of reports (of evaluations and needle tests) that the page links. Keys that are bound to groups do not see
    /// them.</summary>
    /// <value>Default <see langword="null"/>: none. Files of the types HTML, Markdown, JSON, CSV, PNG and SVG are served.</value>
    public string? ReportFolder { get; init; }
}
