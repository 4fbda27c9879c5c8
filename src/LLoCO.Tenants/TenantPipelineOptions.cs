using System.ComponentModel.DataAnnotations;

namespace LLoCO.Tenants;

/// <summary>How many tenants' pipelines are kept open over one model, and in how much memory.</summary>
public sealed record TenantPipelineOptions
{
    /// <summary>Gets the most pipelines that stay open. The one that was used least recently is closed for another tenant; those in use are
    /// never closed, so that there may be more for as long as they are.</summary>
    /// <value>Default 8.</value>
    [Range(1, 4096)]
    public int MaxOpen { get; init; } = 8;

    /// <summary>Gets the most bytes of keys and values of prefixes that all open pipelines together keep in memory. Each has the same share,
    /// whatever the others do.</summary>
    /// <value>Default 1 GiB.</value>
    [Range(0L, long.MaxValue)]
    public long MaxPrefixBytes { get; init; } = 1L << 30;
}
