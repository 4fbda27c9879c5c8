using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace LLoCO.Core.Runtime;

/// <summary>
/// Finds the fault from <see cref="RuntimeFacts"/>. TorchSharp's own message blames a missing package reference for every load
/// failure, the most common of which is a C++ library that is too old.
/// </summary>
internal static partial class RuntimeDiagnosis
{
    private const int LongestQuotation = 400;

    /// <summary>Finds the fault.</summary>
    /// <param name="facts">What was probed.</param>
    /// <returns>The error to throw; <see langword="null"/> where libtorch can be used on the device.</returns>
    internal static LlocoRuntimeException? Find(RuntimeFacts facts)
    {
        if (facts.LoadError is { } error)
        {
            return NotLoaded(facts, error);
        }

        return facts.Device.Kind == LlocoDeviceKind.Cuda && facts.Device.Index >= facts.CudaDevices ? NoCuda(facts) : null;
    }

    private static LlocoRuntimeException NotLoaded(RuntimeFacts facts, string error)
    {
        if (facts.System == "win")
        {
            return new LlocoRuntimeException(
                LlocoRuntimeFault.UnsupportedPlatform,
                $"TorchSharp {facts.TorchSharpVersion} does not load its native library on Windows (dotnet/TorchSharp#1567). "
                + $"Use Linux on x86-64, WSL 2 included, or macOS on Apple silicon. {Quote(error)}");
        }

        if ((facts.System, facts.Architecture) is not (("linux", Architecture.X64) or ("osx", Architecture.Arm64)))
        {
            return new LlocoRuntimeException(
                LlocoRuntimeFault.UnsupportedPlatform,
                $"TorchSharp {facts.TorchSharpVersion} has no native library for {facts.System} on "
                + $"{facts.Architecture.ToString().ToLowerInvariant()}. Use Linux on x86-64 or macOS on Apple silicon.");
        }

        if (OldLibrary().Match(error) is { Success: true } old)
        {
            return TooOld(facts, old.Value, error);
        }

        return MissingLibtorch().IsMatch(error)
            ? new LlocoRuntimeException(
                LlocoRuntimeFault.MissingBackend,
                "libtorch was not found: the application references no backend package. Add TorchSharp-cpu "
                + $"{facts.TorchSharpVersion} or, for NVIDIA devices on Linux, TorchSharp-cuda-linux {facts.TorchSharpVersion} "
                + "to the application's project, or load the libtorch of a PyTorch installation first with "
                + $"NativeLibrary.Load. {Quote(error)}")
            : new LlocoRuntimeException(
                LlocoRuntimeFault.LoadFailed,
                $"The native library of TorchSharp {facts.TorchSharpVersion} does not load. Check that the backend package "
                + $"(TorchSharp-cpu or TorchSharp-cuda-linux) has this version, too, and that nothing was removed from the "
                + $"application's folder. {Quote(error)}");
    }

    private static LlocoRuntimeException TooOld(RuntimeFacts facts, string version, string error)
    {
        string message = version.StartsWith("GLIBC_", StringComparison.Ordinal)
            ? $"The system's C library is too old: the native library of TorchSharp {facts.TorchSharpVersion} needs {version}. "
                + "Use a newer distribution: Ubuntu 24.04, Debian 13, Fedora 39 or later."
            : $"The system's libstdc++ is too old: the native library of TorchSharp {facts.TorchSharpVersion} needs {version} "
                + "(GLIBCXX_3.4.32 is GCC 13's; Ubuntu 24.04, Debian 13, Fedora 39 and later have it). On Debian 12 install "
                + "libstdc++6 from the trixie suite, pinned at priority 100: apt-get install -t trixie libstdc++6. Elsewhere put "
                + "the folder of a newer libstdc++.so.6 (conda's libstdcxx-ng 13, say) in LD_LIBRARY_PATH before the process "
                + "starts.";
        return new LlocoRuntimeException(LlocoRuntimeFault.OldSystemLibrary, $"{message} {Quote(error)}");
    }

    private static LlocoRuntimeException NoCuda(RuntimeFacts facts)
    {
        string message = (facts.System, facts.HasCudaLibrary, facts.CudaDevices) switch
        {
            ("osx", _, _) => $"{facts.Device} was asked for, and macOS has no CUDA. Use the device 'cpu'.",
            (_, false, _) =>
                $"{facts.Device} was asked for, but the application's libtorch is built without CUDA. Reference "
                + $"TorchSharp-cuda-linux {facts.TorchSharpVersion} instead of TorchSharp-cpu, or use the device 'cpu'.",
            (_, true, 0) =>
                $"{facts.Device} was asked for, but libtorch sees no CUDA device. Check the driver with nvidia-smi, and "
                + "CUDA_VISIBLE_DEVICES, or use the device 'cpu'.",
            _ =>
                $"{facts.Device} was asked for, but there are {facts.CudaDevices} CUDA devices, counted from cuda:0 "
                + $"to cuda:{facts.CudaDevices - 1}.",
        };
        return new LlocoRuntimeException(LlocoRuntimeFault.CudaAbsent, message);
    }

    /// <summary>
    /// Extracts the loader's reason: .NET tries a dozen spellings of the name and lists each, with the relevant line among them.
    /// </summary>
    private static string Quote(string error)
    {
        string[] lines = [.. error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        string[] telling = [.. lines.Where(line => !InVain().IsMatch(line))];
        string text = string.Join(' ', telling.Length > 0 ? telling : lines);
        return $"The loader said: {(text.Length > LongestQuotation ? text[..LongestQuotation] + "…" : text)}";
    }

    // glibc's words: "version `GLIBCXX_3.4.32' not found (required by …)".
    [GeneratedRegex(@"(?<=version [`'])(GLIBCXX|CXXABI|GLIBC)_[0-9.]+(?=' not found)")]
    private static partial Regex OldLibrary();

    // LibTorchSharp was found and its dependency was not: first glibc's words, then those of macOS's loader.
    [GeneratedRegex(@"^lib(torch|c10)[^\s/]*: cannot open shared object file|Library not loaded: \S*lib(torch|c10)",
        RegexOptions.Multiline)]
    private static partial Regex MissingLibtorch();

    [GeneratedRegex("LibTorchSharp[^/ ]*: cannot open shared object file|^Unable to load shared library")]
    private static partial Regex InVain();
}
