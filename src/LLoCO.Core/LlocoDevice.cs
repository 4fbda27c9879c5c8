using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace LLoCO.Core;

/// <summary>Where a model's weights live and its tensors are computed.</summary>
/// <param name="Kind">CPU or CUDA.</param>
/// <param name="Index">Number of the CUDA device, from 0; 0 for the CPU.</param>
/// <remarks>
/// The application's backend package decides which devices exist: <c>TorchSharp-cpu</c> has the CPU only,
/// <c>TorchSharp-cuda-linux</c> has both.
/// </remarks>
public readonly record struct LlocoDevice(LlocoDeviceKind Kind, [property: Range(0, int.MaxValue)] int Index)
{
    /// <summary>The CPU.</summary>
    public static readonly LlocoDevice Cpu = new(LlocoDeviceKind.Cpu, 0);

    /// <summary>Names a CUDA device.</summary>
    /// <param name="index">Which one, from 0.</param>
    /// <returns>The device.</returns>
    public static LlocoDevice Cuda(int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return new LlocoDevice(LlocoDeviceKind.Cuda, index);
    }

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    /// <param name="text">The device's name; upper and lower case are the same.</param>
    /// <returns>The device.</returns>
    /// <exception cref="FormatException">The text names no device.</exception>
    public static LlocoDevice Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Trim().ToLowerInvariant().Split(':', 2);
        bool indexed = parts.Length == 2;
        int index = 0;
        if (indexed && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out index))
        {
            throw Unknown(text);
        }

        return parts[0] switch
        {
            "cpu" when !indexed => Cpu,
            "cuda" => Cuda(index),
            _ => throw Unknown(text),
        };
    }

    /// <summary>The form that <see cref="Parse"/> reads.</summary>
    /// <returns><c>cpu</c> or <c>cuda:N</c>.</returns>
    public override string ToString() => Kind == LlocoDeviceKind.Cpu ? "cpu" : $"cuda:{Index}";

    private static FormatException Unknown(string text) => new($"'{text}' is not a device. Use cpu, cuda or cuda:N.");
}

/// <summary>Kind of <see cref="LlocoDevice"/>.</summary>
public enum LlocoDeviceKind
{
    /// <summary>The CPU.</summary>
    Cpu = 0,

    /// <summary>An NVIDIA GPU.</summary>
    Cuda = 1,
}
