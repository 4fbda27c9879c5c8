using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace LLoCO.Core.Runtime;

/// <summary>Probes the machine. <see cref="RuntimeDiagnosis"/> interprets the facts.</summary>
internal static class RuntimeProbe
{
    /// <summary>Loads the native libraries as TorchSharp would, and reports the result.</summary>
    /// <param name="device">The device that is wanted.</param>
    /// <returns>The facts.</returns>
    /// <remarks>
    /// TorchSharp's own loader runs only after this succeeds, because on a failure it writes pages to standard output, which
    /// belongs to the application.
    /// </remarks>
    internal static RuntimeFacts Probe(LlocoDevice device)
    {
        Assembly torchSharp = typeof(torch).Assembly;
        bool cuda = device.Kind == LlocoDeviceKind.Cuda;

        // In TorchSharp's own order: LibTorchSharp finds its dependencies only among libraries that are loaded already.
        bool cudaLibrary = cuda && NativeLibrary.TryLoad("torch_cuda", torchSharp, null, out _);
        NativeLibrary.TryLoad("torch_cpu", torchSharp, null, out _);
        string? error = Load("LibTorchSharp", torchSharp);

        return new RuntimeFacts
        {
            System = SystemName(),
            Architecture = RuntimeInformation.ProcessArchitecture,
            TorchSharpVersion = VersionOf(torchSharp),
            LoadError = error,
            Device = device,
            HasCudaLibrary = cudaLibrary,
            CudaDevices = error is null && cudaLibrary && torch.cuda.is_available() ? torch.cuda.device_count() : 0,
        };
    }

    private static string? Load(string name, Assembly assembly)
    {
        try
        {
            NativeLibrary.Load(name, assembly, null);
            return null;
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            return exception.Message;
        }
    }

    private static string SystemName() =>
        OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsMacOS() ? "osx" : "other";

    /// <summary>The package's version: without the fourth number and the commit.</summary>
    private static string VersionOf(Assembly assembly) => assembly.GetName().Version?.ToString(3) ?? "unknown";
}
