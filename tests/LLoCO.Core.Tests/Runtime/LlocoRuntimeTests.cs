using LLoCO.Core.Runtime;
using TorchSharp;
using Xunit;

namespace LLoCO.Core.Tests.Runtime;

public sealed class LlocoRuntimeTests
{
    [Fact]
    public async Task EnsureAvailable_CalledFromManyThreads_LoadsLibtorch()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => LlocoRuntime.EnsureAvailable())));

        using torch.Tensor sum = torch.ones(3).sum();
        Assert.Equal(3f, sum.item<float>());
    }

    [Fact]
    public void EnsureAvailable_CudaDeviceThatNoMachineHas_IsRefused()
    {
        var fault = Assert.Throws<LlocoRuntimeException>(() => LlocoRuntime.EnsureAvailable(LlocoDevice.Cuda(4711)));

        Assert.Equal(LlocoRuntimeFault.CudaAbsent, fault.Fault);
        Assert.StartsWith("cuda:4711 was asked for", fault.Message);
    }

    [Fact]
    public void Probe_ThisMachine_FindsTheVersionOfThePackage()
    {
        RuntimeFacts facts = RuntimeProbe.Probe(LlocoDevice.Cpu);

        Assert.Null(facts.LoadError);
        string line = $"Include=\"TorchSharp\" Version=\"{facts.TorchSharpVersion}\"";
        Assert.Contains(line, RepositoryFiles.Read("Directory.Packages.props"));
    }
}
