using System.ComponentModel.DataAnnotations;

namespace LLoCO.Tenants;

/// <summary>How much a tenant may keep. What would exceed it is refused; what is there stays and can be asked.</summary>
public sealed record TenantQuota
{
    /// <summary>Gets the most documents. A document that is kept in parts counts once for each part.</summary>
    /// <value>Default <see langword="null"/>: any number.</value>
    [Range(0L, long.MaxValue)]
    public long? MaxDocuments { get; init; }

    /// <summary>Gets the most tokens of all documents together.</summary>
    /// <value>Default <see langword="null"/>: any number.</value>
    [Range(0L, long.MaxValue)]
    public long? MaxTokens { get; init; }

    /// <summary>Gets the most bytes of the tenant's files: index with its log, prefixes, adapters, jobs.</summary>
    /// <value>Default <see langword="null"/>: any number.</value>
    /// <remarks>A document is refused when files and its text and vectors together would exceed it. A database keeps space that was freed,
    /// so removing documents makes room for new ones without making files smaller.</remarks>
    [Range(0L, long.MaxValue)]
    public long? MaxBytes { get; init; }
}
