using LLoCO.Core.Runtime;

namespace LLoCO.Core;

/// <summary>Checks and loads libtorch before its first use.</summary>
/// <remarks>
/// The library references TorchSharp; the application chooses the backend: <c>TorchSharp-cpu</c>, <c>TorchSharp-cuda-linux</c>,
/// or the libtorch of a PyTorch installation that it loads first. A pipeline of a small model (weights of at most 32 MB) on a CPU loads
/// libtorch when it first compresses, trains or reads a long prompt; any other when it is built. All members are safe for concurrent
/// use.
/// </remarks>
public static class LlocoRuntime
{
    private static readonly Lock Gate = new();

    // Devices found usable. The array is replaced as a whole, so readers need no lock. Failures are not kept, because an
    // application may load another libtorch and try again.
    private static volatile LlocoDevice[] _usable = [];

    /// <summary>Gets whether libtorch was found usable in this process.</summary>
    internal static bool IsLoaded => _usable.Length > 0;

    /// <summary>Loads libtorch if necessary and checks that the device exists.</summary>
    /// <param name="device">The device that is going to be used. Default: the CPU.</param>
    /// <exception cref="LlocoRuntimeException">
    /// libtorch cannot be used: the application references no backend package, the system's libstdc++ is too old, the platform
    /// has no native library, or the CUDA device is absent. The message names the remedy.
    /// </exception>
    /// <remarks>After the first success for a device, this only searches a short array.</remarks>
    public static void EnsureAvailable(LlocoDevice device = default)
    {
        if (Array.IndexOf(_usable, device) >= 0)
        {
            return;
        }

        lock (Gate)
        {
            if (Array.IndexOf(_usable, device) >= 0)
            {
                return;
            }

            if (RuntimeDiagnosis.Find(RuntimeProbe.Probe(device)) is { } fault)
            {
                throw fault;
            }

            _usable = [.. _usable, device];
        }
    }
}
