using System.Runtime.InteropServices;
using LLoCO.Core.Runtime;
using Xunit;

namespace LLoCO.Core.Tests.Runtime;

/// <summary>Each fault from facts as they were seen: the loader's messages are those of Debian 12 and 13, shortened.</summary>
public sealed class RuntimeDiagnosisTests
{
    private const string Preamble =
        "Unable to load shared library 'LibTorchSharp' or one of its dependencies. In order to help diagnose loading problems, "
        + "consider using a tool like strace.\n"
        + "/app/runtimes/linux-x64/native/LibTorchSharp.so: cannot open shared object file: No such file or directory\n";

    private const string Epilogue =
        "/app/libLibTorchSharp.so: cannot open shared object file: No such file or directory\n"
        + "/app/libLibTorchSharp: cannot open shared object file: No such file or directory\n";

    private const string NoLibtorch =
        Preamble + "libtorch.so: cannot open shared object file: No such file or directory\n" + Epilogue;

    private const string OldLibstdcxx =
        Preamble
        + "/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found "
        + "(required by /app/runtimes/linux-x64/native/libLibTorchSharp.so)\n"
        + Epilogue;

    [Fact]
    public void Find_LoadedOnTheCpu_IsNoFault() => Assert.Null(RuntimeDiagnosis.Find(Linux(null)));

    [Fact]
    public void Find_NoLibtorch_NamesBothBackendPackagesWithTheVersion()
    {
        LlocoRuntimeException fault = Fault(Linux(NoLibtorch));

        Assert.Equal(LlocoRuntimeFault.MissingBackend, fault.Fault);
        Assert.Contains("TorchSharp-cpu 0.107.0", fault.Message);
        Assert.Contains("TorchSharp-cuda-linux 0.107.0", fault.Message);
        Assert.EndsWith("The loader said: libtorch.so: cannot open shared object file: No such file or directory", fault.Message);
    }

    [Fact]
    public void Find_OldLibstdcxx_NamesTheVersionTheDistributionsAndTheCure()
    {
        LlocoRuntimeException fault = Fault(Linux(OldLibstdcxx));

        Assert.Equal(LlocoRuntimeFault.OldSystemLibrary, fault.Fault);
        Assert.Contains("GLIBCXX_3.4.32", fault.Message);
        Assert.Contains("Ubuntu 24.04, Debian 13, Fedora 39", fault.Message);
        Assert.Contains("apt-get install -t trixie libstdc++6", fault.Message);
    }

    [Fact]
    public void Find_OldCLibrary_AsksForANewerDistribution()
    {
        LlocoRuntimeException fault = Fault(
            Linux(Preamble + "/lib/libm.so.6: version `GLIBC_2.38' not found (required by /app/libLibTorchSharp.so)\n"));

        Assert.Equal(LlocoRuntimeFault.OldSystemLibrary, fault.Fault);
        Assert.Contains("needs GLIBC_2.38", fault.Message);
        Assert.Contains("newer distribution", fault.Message);
    }

    [Fact]
    public void Find_Windows_NamesTheIssueOfTorchSharp()
    {
        RuntimeFacts facts = Linux("The specified module could not be found. (0x8007007E)") with { System = "win" };

        LlocoRuntimeException fault = Fault(facts);

        Assert.Equal(LlocoRuntimeFault.UnsupportedPlatform, fault.Fault);
        Assert.Contains("TorchSharp 0.107.0", fault.Message);
        Assert.Contains("dotnet/TorchSharp#1567", fault.Message);
    }

    [Theory]
    [InlineData("linux", Architecture.Arm64, "linux on arm64")]
    [InlineData("osx", Architecture.X64, "osx on x64")]
    [InlineData("other", Architecture.X64, "other on x64")]
    public void Find_NoNativeLibraryForThePlatform_SaysWhichPlatformsThereAre(string system, Architecture processor, string named)
    {
        RuntimeFacts facts = Linux(Preamble + Epilogue) with { System = system, Architecture = processor };

        LlocoRuntimeException fault = Fault(facts);

        Assert.Equal(LlocoRuntimeFault.UnsupportedPlatform, fault.Fault);
        Assert.Contains(named, fault.Message);
        Assert.Contains("Linux on x86-64 or macOS on Apple silicon", fault.Message);
    }

    [Fact]
    public void Find_LibtorchMissingOnAMac_IsAMissingBackend()
    {
        RuntimeFacts facts = Linux("dlopen(/app/libLibTorchSharp.dylib, 0x0001): Library not loaded: @rpath/libtorch.dylib") with
        {
            System = "osx",
            Architecture = Architecture.Arm64,
        };

        Assert.Equal(LlocoRuntimeFault.MissingBackend, Fault(facts).Fault);
    }

    [Fact]
    public void Find_AnotherDependencyMissing_QuotesTheLineThatCounts()
    {
        LlocoRuntimeException fault = Fault(
            Linux(Preamble + "libm.so.6: cannot open shared object file: No such file or directory\n" + Epilogue));

        Assert.Equal(LlocoRuntimeFault.LoadFailed, fault.Fault);
        Assert.EndsWith("The loader said: libm.so.6: cannot open shared object file: No such file or directory", fault.Message);
    }

    [Theory]
    [InlineData("linux", false, 0, "TorchSharp-cuda-linux 0.107.0 instead of TorchSharp-cpu")]
    [InlineData("linux", true, 0, "nvidia-smi")]
    [InlineData("linux", true, 2, "counted from cuda:0 to cuda:1")]
    [InlineData("osx", false, 0, "macOS has no CUDA")]
    public void Find_CudaDeviceAbsent_SaysWhichPartIsMissing(string system, bool hasLibrary, int devices, string said)
    {
        RuntimeFacts facts = Linux(null) with
        {
            System = system,
            Device = LlocoDevice.Cuda(2),
            HasCudaLibrary = hasLibrary,
            CudaDevices = devices,
        };

        LlocoRuntimeException fault = Fault(facts);

        Assert.Equal(LlocoRuntimeFault.CudaAbsent, fault.Fault);
        Assert.StartsWith("cuda:2 was asked for", fault.Message);
        Assert.Contains(said, fault.Message);
    }

    [Fact]
    public void Find_CudaDevicePresent_IsNoFault()
    {
        RuntimeFacts facts = Linux(null) with { Device = LlocoDevice.Cuda(1), HasCudaLibrary = true, CudaDevices = 2 };

        Assert.Null(RuntimeDiagnosis.Find(facts));
    }

    private static RuntimeFacts Linux(string? loadError) => new()
    {
        System = "linux",
        Architecture = Architecture.X64,
        TorchSharpVersion = "0.107.0",
        LoadError = loadError,
        Device = LlocoDevice.Cpu,
    };

    private static LlocoRuntimeException Fault(RuntimeFacts facts)
    {
        LlocoRuntimeException? fault = RuntimeDiagnosis.Find(facts);
        Assert.NotNull(fault);
        return fault;
    }
}
