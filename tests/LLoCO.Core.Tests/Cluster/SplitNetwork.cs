using System.Diagnostics;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>Machines that are network namespaces of this one, on a bridge, whose ways to each other can be cut: packets are then lost without a
/// word, in both directions.</summary>
internal sealed class SplitNetwork : IAsyncDisposable
{
    // No machine has this address.
    private const string Nobody = "02:00:00:00:00:99";

    private readonly string _name = $"ll{Environment.ProcessId % 100_000}";
    private readonly int _machines;

    private SplitNetwork(int machines) => _machines = machines;

    /// <summary>Gets this machine's own address on the bridge.</summary>
    public string Home => AddressOf(0);

    /// <summary>Makes the machines.</summary>
    /// <param name="machines">How many, numbered from 1; 0 is this one.</param>
    public static async Task<SplitNetwork> CreateAsync(int machines)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Network namespaces need Linux and root.");
        var network = new SplitNetwork(machines);
        try
        {
            string bridge = network._name;
            await IpAsync("link", "add", bridge, "type", "bridge");
            await IpAsync("addr", "add", $"{network.Home}/24", "dev", bridge);
            await IpAsync("link", "set", bridge, "up");
            for (int machine = 1; machine <= machines; machine++)
            {
                string space = network.SpaceOf(machine);
                await IpAsync("netns", "add", space);
                await IpAsync("link", "add", space, "type", "veth", "peer", "name", "eth0", "netns", space);
                await IpAsync("link", "set", space, "master", bridge, "up");
                await IpAsync("-n", space, "addr", "add", $"{network.AddressOf(machine)}/24", "dev", "eth0");
                await IpAsync("-n", space, "link", "set", "eth0", "up");
                await IpAsync("-n", space, "link", "set", "lo", "up");
            }

            return network;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            await network.DisposeAsync();
            Assert.Skip($"Network namespaces cannot be made here: {error.Message}");
            throw;
        }
    }

    /// <summary>Finds the address of a machine.</summary>
    public string AddressOf(int machine) => $"10.77.{Environment.ProcessId % 250}.{machine + 1}";

    /// <summary>Gets the program that runs a command on a machine.</summary>
    public string[] On(int machine) => ["ip", "netns", "exec", SpaceOf(machine)];

    /// <summary>Cuts the way between two machines.</summary>
    public async Task CutAsync(int one, int other)
    {
        await SetAsync(one, other, "replace", "lladdr", Nobody, "nud", "permanent");
        await SetAsync(other, one, "replace", "lladdr", Nobody, "nud", "permanent");
    }

    /// <summary>Restores the way between two machines.</summary>
    public async Task HealAsync(int one, int other)
    {
        await SetAsync(one, other, "del");
        await SetAsync(other, one, "del");
    }

    public async ValueTask DisposeAsync()
    {
        for (int machine = 1; machine <= _machines; machine++)
        {
            await IpAsync("netns", "del", SpaceOf(machine)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await IpAsync("link", "del", _name).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task IpAsync(params string[] arguments)
    {
        using Process ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        string wrong = await ip.StandardError.ReadToEndAsync(CancellationToken.None);
        await ip.WaitForExitAsync(CancellationToken.None);
        if (ip.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {wrong.Trim()}");
        }
    }

    private Task SetAsync(int from, int to, string what, params string[] more) => IpAsync(
    [
        .. from == 0 ? (string[])[] : ["-n", SpaceOf(from)], "neigh", what, AddressOf(to), "dev", from == 0 ? _name : "eth0", .. more,
    ]);

    private string SpaceOf(int machine) => $"{_name}-{machine}";
}
