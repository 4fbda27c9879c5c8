using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Runtime;

/// <summary>Converts between this library's device and precision names and libtorch's.</summary>
internal static class TorchNames
{
    /// <summary>The libtorch device, after making sure that it can be used.</summary>
    /// <exception cref="LlocoRuntimeException">libtorch or the device is absent.</exception>
    internal static Device ToTorch(this LlocoDevice device)
    {
        LlocoRuntime.EnsureAvailable(device);
        return device.Kind == LlocoDeviceKind.Cuda ? new Device(DeviceType.CUDA, device.Index) : CPU;
    }

    /// <summary>The libtorch number format; <see langword="null"/> for the stored one.</summary>
    internal static ScalarType? ToTorch(this WeightPrecision precision) => precision switch
    {
        WeightPrecision.AsStored => null,
        WeightPrecision.Float32 => ScalarType.Float32,
        WeightPrecision.BFloat16 => ScalarType.BFloat16,
        WeightPrecision.Float16 => ScalarType.Float16,
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "Unknown precision."),
    };
}
