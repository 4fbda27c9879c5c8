using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>
/// Cosines and sines of the rotary angles (RoFormer, arXiv 2104.09864) in LLaMA's layout: dimension <c>i</c> is rotated with <c>i
/// + d/2</c>, where d is the rotated width; dimensions behind it stay as they are. Angles are computed in double precision, because position times frequency loses digits in single precision.
/// </summary>
internal sealed class RotaryTable : IDisposable
{
    private readonly LlamaConfig _config;
    private readonly Device _device;
    private readonly RotaryFrequencies _frequencies;
    private readonly RotaryTable? _long;
    private Tensor? _cos;
    private Tensor? _sin;

    /// <summary>Computes the angles of the first positions.</summary>
    /// <param name="config">The model.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="local">Whether for the layers with a window that use separate angles.</param>
    internal RotaryTable(LlamaConfig config, Device device, bool local = false)
        : this(config, device, RotaryFrequencies.Create(config, local))
    {
        _long = _frequencies.Long is null ? null : new RotaryTable(config, device, _frequencies.ForLong());
    }

    private RotaryTable(LlamaConfig config, Device device, RotaryFrequencies frequencies)
    {
        _frequencies = frequencies;
        _config = config;
        _device = device;
    }

    /// <summary>Selects the rows of the positions.</summary>
    /// <param name="positions">Int64 positions, <c>[seq]</c> or <c>[batch, seq]</c>.</param>
    /// <param name="limit">One more than the largest position, so that the table can grow without reading the tensor.</param>
    /// <param name="isLong">Whether to use the long factors of longrope; <see langword="null"/> to decide by the largest position of
    /// each row.</param>
    /// <returns>Cosines and sines, <c>[1 or batch, 1, seq, rotated/2]</c>.</returns>
    internal (Tensor Cos, Tensor Sin) Select(Tensor positions, long limit, bool? isLong = null)
    {
        int original = _config.RopeScaling.OriginalMaxPositions;
        if (_long is null || isLong == false || (isLong is null && limit <= original))
        {
            return Look(positions, limit);
        }

        (Tensor Cos, Tensor Sin) longer = _long.Look(positions, limit);
        if (isLong == true)
        {
            return longer;
        }

        // A limit may be larger than the positions are; the rows of a batch have lengths of their own.
        (Tensor Cos, Tensor Sin) shorter = Look(positions, limit);
        using Tensor rows = positions.dim() == 2 ? positions.alias() : positions.unsqueeze(0);
        Tensor isBeyond = rows.amax([1]).AtLeast(original).view(-1, 1, 1, 1);
        return (where(isBeyond, longer.Cos, shorter.Cos), where(isBeyond, longer.Sin, shorter.Sin));
    }

    private (Tensor Cos, Tensor Sin) Look(Tensor positions, long limit)
    {
        long built = _cos?.size(0) ?? 0;
        if (_cos is null || _sin is null || limit > built)
        {
            // The first pass builds it: answers of short prompts may never need it.
            long first = Math.Max(512, Math.Min(_config.MaxPositions, 8192));
            (Tensor cosines, Tensor sines) = Build(Math.Max(limit, built == 0 ? first : 2 * built));
            _cos?.Dispose();
            _sin?.Dispose();
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
        long half = cos.size(3);
        Tensor wide = heads.to(ScalarType.Float32);
        Tensor left = wide.narrow(-1, 0, half);
        Tensor right = wide.narrow(-1, half, half);
        Tensor rest = wide.narrow(-1, 2 * half, wide.size(-1) - (2 * half));
        return cat([left * cos - right * sin, (right * cos).Plus(left * sin), rest], -1).to(heads.dtype);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cos?.Dispose();
        _sin?.Dispose();
    }

    private (Tensor Cos, Tensor Sin) Build(long positions)
    {
        // Training also uses a table that grew during an answer, and autograd refuses tensors of inference mode.
        using IDisposable mode = inference_mode(false);
        using DisposeScope scope = NewDisposeScope();
        Tensor angles = outer(
            HeldNumbers.Range(0, positions, type: ScalarType.Float64),
            tensor(_frequencies.Short, dtype: ScalarType.Float64));
        double factor = _frequencies.Factor;
        Tensor cosines = angles.cos().Times(factor).to(ScalarType.Float32).to(_device).DetachFromDisposeScope();
        Tensor sines = angles.sin().Times(factor).to(ScalarType.Float32).to(_device).DetachFromDisposeScope();
        return (cosines, sines);
    }
}
