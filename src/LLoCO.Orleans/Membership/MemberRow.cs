using Orleans;
using Orleans.Runtime;

namespace LLoCO.Orleans.Membership;

/// <summary>A silo in the table of members, as it is stored.</summary>
internal sealed record MemberRow(
    string Address, SiloStatus Status, int GatewayPort, string HostName, string SiloName, DateTime Started, DateTime Alive, int ETag,
    IReadOnlyList<Suspicion> Suspicions)
{
    /// <summary>Describes a silo.</summary>
    /// <param name="entry">What Orleans knows of it.</param>
    /// <param name="version">The version of the table that the row comes with.</param>
    public static MemberRow From(MembershipEntry entry, int version) => new(
        entry.SiloAddress.ToParsableString(), entry.Status, entry.ProxyPort, entry.HostName ?? string.Empty, entry.SiloName ?? string.Empty,
        entry.StartTime, entry.IAmAliveTime, version,
        [.. (entry.SuspectTimes ?? []).Select(one => new Suspicion(one.Item1.ToParsableString(), one.Item2))]);

    /// <summary>Makes what Orleans reads.</summary>
    /// <param name="alive">When it said last that it is alive.</param>
    public MembershipEntry ToEntry(DateTime alive) => new()
    {
        SiloAddress = SiloAddress.FromParsableString(Address),
        Status = Status,
        ProxyPort = GatewayPort,
        HostName = HostName,
        SiloName = SiloName,
        StartTime = Started,
        IAmAliveTime = alive > Alive ? alive : Alive,
        SuspectTimes = [.. Suspicions.Select(one => Tuple.Create(SiloAddress.FromParsableString(one.Address), one.Time))],
    };
}

/// <summary>A silo's word that another one is dead.</summary>
/// <param name="Address">Whose word it is.</param>
/// <param name="Time">When, in UTC.</param>
internal sealed record Suspicion(string Address, DateTime Time);

/// <summary>The members at one version.</summary>
/// <param name="Version">The version, from 0.</param>
/// <param name="Rows">The silos, dead ones included.</param>
internal sealed record MemberTable(int Version, IReadOnlyList<MemberRow> Rows);
