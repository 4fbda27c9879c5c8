using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

/// <summary>Orleans' page of a cluster: <c>lloco work --dashboard</c>.</summary>
public sealed class SiloDashboardTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Work_Dashboard_ShowsTheSilo()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        int port = FreePort();
        await using SiloProcess silo = SiloProcess.Start(folder.PathOf("shared"), folder.PathOf("index.db"), "--dashboard", $"{port}");
        string name = (await silo.Ready.WaitAsync(token)).Split(':')[1];
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

        string page = await http.GetStringAsync("/", token);
        JsonElement[] hosts = [];
        while (hosts.Length == 0)
        {
            // It gathers what it shows once a second.
            await Task.Delay(100, token);
            hosts = [.. JsonElement.Parse(await http.GetStringAsync("/DashboardCounters", token)).GetProperty("hosts").EnumerateArray()];
        }

        JsonElement shown = Assert.Single(hosts);

        Assert.Contains("<html", page, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("Active", shown.GetProperty("status").GetString());
        Assert.Contains(name, shown.GetProperty("siloAddress").GetString(), StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
