using Orleans.Messaging;
using Orleans.Runtime;

namespace LLoCO.Orleans.Membership;

/// <summary>The silos that a client may connect to, from the shared folder.</summary>
/// <param name="members">The files.</param>
/// <param name="staleness">How old a list may be.</param>
internal sealed class FolderGatewayList(MemberFolder members, TimeSpan staleness) : IGatewayListProvider
{
    /// <inheritdoc/>
    public TimeSpan MaxStaleness => staleness;

    /// <inheritdoc/>
    public bool IsUpdatable => true;

    /// <inheritdoc/>
    public Task InitializeGatewayListProvider() => Task.Run(members.Create);

    /// <inheritdoc/>
    public Task<IList<Uri>> GetGateways() => Task.Run<IList<Uri>>(async () =>
    [
        .. (await members.ReadAllAsync().ConfigureAwait(false)).Members.Select(one => one.Item1)
            .Where(entry => entry.Status == SiloStatus.Active && entry.ProxyPort != 0)
            .Select(entry => SiloAddress.New(entry.SiloAddress.Endpoint.Address, entry.ProxyPort, entry.SiloAddress.Generation)
                .ToGatewayUri()),
    ]);
}
