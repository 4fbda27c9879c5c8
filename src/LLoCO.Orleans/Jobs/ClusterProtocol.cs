namespace LLoCO.Orleans.Jobs;

/// <summary>What the silos of a cluster must agree on, as a number: the meaning of a job's events, of finished segments and of leases.</summary>
internal static class ClusterProtocol
{
    /// <summary>The version of this library. A silo works on jobs that were begun with it or an earlier one, and on none of a later one.
    /// Whoever raises it keeps the code for jobs of the earlier version, which go on during an upgrade.</summary>
    /// <remarks>It is also the version of the grains' interfaces: Orleans moves a grain that a newer silo calls to a silo that is as
    /// new.</remarks>
    public const ushort Version = 1;
}
