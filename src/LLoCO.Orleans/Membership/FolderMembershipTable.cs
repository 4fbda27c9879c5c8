using System.Globalization;
using Orleans;
using Orleans.Runtime;

namespace LLoCO.Orleans.Membership;

/// <summary>Orleans' table of silos in a shared folder: a cluster without a database.</summary>
/// <param name="members">The files.</param>
internal sealed class FolderMembershipTable(MemberFolder members) : IMembershipTable
{
    /// <inheritdoc/>
    public Task InitializeMembershipTable(bool tryInitTableVersion) => Task.Run(members.Create);

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadAll() => Task.Run(members.ReadAllAsync);

    /// <inheritdoc/>
    public Task<MembershipTableData> ReadRow(SiloAddress key) => Task.Run(async () =>
    {
        MembershipTableData all = await members.ReadAllAsync().ConfigureAwait(false);
        return new MembershipTableData([.. all.Members.Where(one => one.Item1.SiloAddress.Equals(key))], all.Version);
    });

    /// <inheritdoc/>
    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => Task.Run(async () =>
    {
        MemberTable now = await members.ReadAsync().ConfigureAwait(false);
        var row = MemberRow.From(entry, now.Version + 1);
        return IsNext(now, tableVersion) && now.Rows.All(one => one.Address != row.Address)
            && members.TryWrite(new MemberTable(now.Version + 1, [.. now.Rows, row]));
    });

    /// <inheritdoc/>
    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => Task.Run(async () =>
    {
        MemberTable now = await members.ReadAsync().ConfigureAwait(false);
        var row = MemberRow.From(entry, now.Version + 1);
        return IsNext(now, tableVersion)
            && now.Rows.Any(one => one.Address == row.Address && one.ETag.ToString(CultureInfo.InvariantCulture) == etag)
            && members.TryWrite(new MemberTable(
                now.Version + 1, [.. now.Rows.Select(one => one.Address == row.Address ? row : one)]));
    });

    /// <inheritdoc/>
    public Task UpdateIAmAlive(MembershipEntry entry) =>
        Task.Run(() => members.WriteAlive(entry.SiloAddress, entry.IAmAliveTime));

    /// <inheritdoc/>
    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => Task.Run(async () =>
    {
        MemberTable now = await members.ReadAsync().ConfigureAwait(false);
        ILookup<bool, MemberRow> rows = now.Rows.ToLookup(
            row => row.Status == SiloStatus.Dead && Latest(row) < beforeDate.UtcDateTime);
        if (rows[true].Any() && members.TryWrite(new MemberTable(now.Version + 1, [.. rows[false]])))
        {
            members.RemoveAlive(rows[true].Select(row => row.Address));
        }
    });

    /// <inheritdoc/>
    public Task DeleteMembershipTableEntries(string clusterId) => Task.Run(async () =>
    {
        MemberTable now = await members.ReadAsync().ConfigureAwait(false);
        members.TryWrite(new MemberTable(now.Version + 1, []));
        members.RemoveAlive(now.Rows.Select(row => row.Address));
    });

    private static bool IsNext(MemberTable now, TableVersion wanted) => wanted.Version == now.Version + 1;

    private DateTime Latest(MemberRow row) =>
        new[] { row.Started, row.Alive, members.FindAlive(row.Address) }.Max();
}
