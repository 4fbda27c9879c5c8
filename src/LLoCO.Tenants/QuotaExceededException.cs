using LLoCO.Core;

namespace LLoCO.Tenants;

/// <summary>A tenant would keep more than it may. Nothing was changed.</summary>
public sealed class QuotaExceededException : LlocoException
{
    internal QuotaExceededException(TenantId tenant, string what, long limit, long wanted)
        : base($"The tenant '{tenant}' may keep {limit:N0} {what}, and would have {wanted:N0}. Remove documents of it, or raise its quota.")
    {
        Tenant = tenant;
        Limit = limit;
        Wanted = wanted;
    }

    /// <summary>Gets the tenant.</summary>
    public TenantId Tenant { get; }

    /// <summary>Gets the most that it may keep, in the unit that the message names.</summary>
    public long Limit { get; }

    /// <summary>Gets what it would have kept.</summary>
    public long Wanted { get; }
}
