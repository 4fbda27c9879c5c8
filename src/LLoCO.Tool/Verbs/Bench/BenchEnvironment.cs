using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>The environment of a measurement, without which figures mean nothing.</summary>
/// <param name="Processor">The processor's name, as the system gives it.</param>
/// <param name="Cores">Cores that this process may use.</param>
/// <param name="Threads">Threads that the measurement uses.</param>
/// <param name="Instructions">The widest vector instructions that .NET offers here.</param>
/// <param name="System">The operating system.</param>
/// <param name="Framework">The .NET version.</param>
/// <param name="Torch">The TorchSharp version.</param>
internal sealed record BenchEnvironment(
    string Processor, int Cores, int Threads, string Instructions, string System, string Framework, string Torch)
{
    /// <summary>Describes the machine, the runtime and the number of threads.</summary>
    /// <param name="threads">Threads that the measurement uses.</param>
    public static BenchEnvironment Describe(int threads) => new(
        ProcessorName(),
        Environment.ProcessorCount,
        threads,
        Vectors(),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        typeof(TorchSharp.torch).Assembly.GetName().Version?.ToString(3) ?? "unknown");

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Processor}, {Cores} cores, {Threads} threads, {Instructions}; {System}; {Framework}; TorchSharp {Torch}";

    private static string Vectors() =>
        Avx512BW.IsSupported ? (AvxVnni.IsSupported ? "AVX-512, AVX-VNNI" : "AVX-512")
        : Avx2.IsSupported ? (AvxVnni.IsSupported ? "AVX2, AVX-VNNI" : "AVX2")
        : AdvSimd.IsSupported ? (Dp.IsSupported ? "NEON, dot product" : "NEON")
        : "none";

    private static string ProcessorName()
    {
        const string CpuInfo = "/proc/cpuinfo";
        string? line = File.Exists(CpuInfo)
            ? File.ReadLines(CpuInfo).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
