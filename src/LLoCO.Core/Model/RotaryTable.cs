using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>
/// Cosines and sines of the rotary angles (RoFormer, arXiv 2104.09864) in LLaMA's layout: dimension <c>i</c> is rotated with <c>i
/// + d/2</c>. Angles are computed in double precision, because position times frequency loses digits in single precision.
/// </summary>
internal sealed class RotaryTable : IDisposable
{
    private readonly LlamaConfig _config;
    private readonly Device _device;
    private readonly bool _local;
    private Tensor _cos;
    private Tensor _sin;

    internal RotaryTable(LlamaConfig config, Device device, bool local = false)
    {
        _local = local;
        _config = config;
        _device = device;
        (_cos, _sin) = Build(Math.Max(512, Math.Min(config.MaxPositions, 8192)));
    }

    /// <summary>Selects the rows of the positions.</summary>
    /// <param name="positions">Int64 positions, <c>[seq]</c> or <c>[batch, seq]</c>.</param>
    /// <param name="limit">One more than the largest position, so that the table can grow without reading the tensor.</param>
    /// <returns>Cosines and sines, <c>[1 or batch, 1, seq, head/2]</c>.</returns>
    internal (Tensor Cos, Tensor Sin) Select(Tensor positions, long limit)
    {
        if (limit > _cos.size(0))
        {
            (Tensor cosines, Tensor sines) = Build(Math.Max(limit, 2 * _cos.size(0)));
            Dispose();
            (_cos, _sin) = (cosines, sines);
        }

        long batch = positions.dim() == 2 ? positions.size(0) : 1;
        long length = positions.size((int)positions.dim() - 1);
        using Tensor flat = positions.reshape(-1);
        Tensor cos = _cos.index_select(0, flat).view(batch, 1, length, -1);
        Tensor sin = _sin.index_select(0, flat).view(batch, 1, length, -1);
        return (cos, sin);
    }

    /// <summary>Rotates query or key heads.</summary>
    /// <param name="heads"><c>[batch, heads, seq, head]</c>.</param>
    /// <param name="cos">From <see cref="Select"/>.</param>
    /// <param name="sin">From <see cref="Select"/>.</param>
    /// <returns>The rotated heads, same shape and type.</returns>
    internal static Tensor Rotate(Tensor heads, Tensor cos, Tensor sin)
    {
        Tensor[] halves = heads.to(ScalarType.Float32).chunk(2, -1);
        Tensor first = halves[0] * cos - halves[1] * sin;
        Tensor second = (halves[1] * cos).Plus(halves[0] * sin);
        return cat([first, second], -1).to(heads.dtype);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cos.Dispose();
        _sin.Dispose();
    }

    private (Tensor Cos, Tensor Sin) Build(long positions)
    {
        // Training also uses a table that grew during an answer, and autograd refuses tensors of inference mode.
        using IDisposable mode = inference_mode(false);
        using DisposeScope scope = NewDisposeScope();
        double[] frequencies = Frequencies(_config, _local);
        Tensor angles = outer(
            HeldNumbers.Range(0, positions, type: ScalarType.Float64), tensor(frequencies, dtype: ScalarType.Float64));
        Tensor cosines = angles.cos().to(ScalarType.Float32).to(_device).DetachFromDisposeScope();
        Tensor sines = angles.sin().to(ScalarType.Float32).to(_device).DetachFromDisposeScope();
        return (cosines, sines);
    }

    /// <summary>Radians per position of each pair of dimensions, after <c>rope_scaling</c>.</summary>
    /// <param name="config">The model.</param>
    /// <param name="local">Whether for the layers with a window that use separate angles.</param>
    internal static double[] Frequencies(LlamaConfig config, bool local = false)
    {
        double theta = local ? config.Plan.LocalRopeTheta ?? config.RopeTheta : config.RopeTheta;
        int pairs = config.HeadDimension / 2;
        var frequencies = new double[pairs];
        for (int i = 0; i < pairs; i++)
        {
            double plain = Math.Pow(theta, -2.0 * i / config.HeadDimension);
            frequencies[i] = local ? plain : Scale(plain, config.RopeScaling);
        }

        return frequencies;
    }

    private static double Scale(double frequency, RopeScaling scaling)
    {
        switch (scaling.Kind)
        {
            case RopeScalingKind.None:
                return frequency;
            case RopeScalingKind.Linear:
                return frequency / scaling.Factor;
            case RopeScalingKind.Llama3:
                double turns = scaling.OriginalMaxPositions * frequency / (2 * Math.PI);
                if (turns < scaling.LowFrequencyFactor)
                {
                    return frequency / scaling.Factor;
                }

                if (turns > scaling.HighFrequencyFactor)
                {
                    return frequency;
                }

                double blend = (turns - scaling.LowFrequencyFactor)
                    / (scaling.HighFrequencyFactor - scaling.LowFrequencyFactor);
                return ((1 - blend) * frequency / scaling.Factor) + (blend * frequency);
            default:
                throw new ArgumentOutOfRangeException(nameof(scaling), scaling.Kind, "Unknown rope_scaling rule.");
        }
    }
}
