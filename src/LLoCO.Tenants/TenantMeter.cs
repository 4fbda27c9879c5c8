using System.Diagnostics.Metrics;

namespace LLoCO.Tenants;

/// <summary>Metrics of tenants. Every measurement has the tag <c>tenant</c>.</summary>
/// <remarks>Instruments: <c>lloco.tenant.documents</c> (documents added), <c>lloco.tenant.tokens</c> (their tokens),
/// <c>lloco.tenant.searches</c>, <c>lloco.tenant.refused</c> (documents beyond a quota).</remarks>
public static class TenantMeter
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "LLoCO.Tenants";

    private static readonly Meter Meter = new(MeterName, typeof(TenantMeter).Assembly.GetName().Version?.ToString(3));
    private static readonly Counter<long> Documents = Meter.CreateCounter<long>("lloco.tenant.documents", "{document}", "Documents added.");
    private static readonly Counter<long> Tokens = Meter.CreateCounter<long>("lloco.tenant.tokens", "{token}", "Tokens of the documents added.");
    private static readonly Counter<long> Searches = Meter.CreateCounter<long>("lloco.tenant.searches", "{search}", "Searches.");
    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>("lloco.tenant.refused", "{document}", "Documents beyond a quota.");

    internal static void Added(TenantId tenant, long tokens)
    {
        Documents.Add(1, Tag(tenant));
        Tokens.Add(tokens, Tag(tenant));
    }

    internal static void Searched(TenantId tenant) => Searches.Add(1, Tag(tenant));

    internal static void Refused(TenantId tenant) => Refusals.Add(1, Tag(tenant));

    private static KeyValuePair<string, object?> Tag(TenantId tenant) => new("tenant", tenant.Name);
}
