#!/usr/bin/env bash
# Microsoft.Orleans.Server 10.4.2: a grain method that returns IAsyncEnumerable<T> and computes between its items without awaiting anything sends
# the first item only when 100 have gathered or the method ends: ten items of 0.2 s each all arrive together after 2 s. If it awaits between
# them, each arrives when it is there; so it does where the caller asks for batches of one (WithBatchSize). An answer that is decoded token by
# token in a grain is no stream by itself.
# Here: answers go through a grain that hands on what there is in batches of its own (LLoCO.Orleans, RunningAnswer).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >finding.csproj <<'XML'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.Orleans.Server" Version="10.4.2" />
  </ItemGroup>
</Project>
XML
cat >Program.cs <<'CS'
using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using IHost host = Host.CreateDefaultBuilder(args)
    .ConfigureLogging(logging => logging.ClearProviders())
    .UseOrleans(silo => silo.UseLocalhostClustering(siloPort: Port(), gatewayPort: Port()))
    .Build();
await host.StartAsync();
ITokens grain = host.Services.GetRequiredService<IGrainFactory>().GetGrain<ITokens>(0);
await Show("warm", grain.Computed(1, 1));
double together = await Show("computed", grain.Computed(10, 200));
double hundred = await Show("computed, 150 items of 20 ms", grain.Computed(150, 20));
double single = await Show("computed, batches of one", grain.Computed(10, 200).WithBatchSize(1));
double awaited = await Show("awaited", grain.Awaited(10, 200));
await host.StopAsync();
return together > 1.6 && hundred is > 1.9 and < 2.7 && single < 1.2 && awaited < 1.2 ? 0 : 1;

static int Port()
{
    using var probe = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
    probe.Start();
    return ((System.Net.IPEndPoint)probe.LocalEndpoint).Port;
}

static async Task<double> Show(string name, IAsyncEnumerable<int> items)
{
    var clock = Stopwatch.StartNew();
    double first = 0;
    await foreach (int item in items)
    {
        first = first == 0 ? clock.Elapsed.TotalSeconds : first;
    }

    Console.WriteLine($"{name}: first item after {first:F1} s, last after {clock.Elapsed.TotalSeconds:F1} s");
    return first;
}

public interface ITokens : IGrainWithIntegerKey
{
    IAsyncEnumerable<int> Computed(int count, int milliseconds);

    IAsyncEnumerable<int> Awaited(int count, int milliseconds);
}

public sealed class Tokens : Grain, ITokens
{
#pragma warning disable CS1998
    public async IAsyncEnumerable<int> Computed(int count, int milliseconds)
    {
        for (int i = 0; i < count; i++)
        {
            Thread.Sleep(milliseconds); // stands for a forward pass
            yield return i;
        }
    }

    public async IAsyncEnumerable<int> Awaited(int count, int milliseconds)
    {
        for (int i = 0; i < count; i++)
        {
            await Task.Delay(milliseconds);
            yield return i;
        }
    }
}
CS
dotnet run -c Release -v quiet
