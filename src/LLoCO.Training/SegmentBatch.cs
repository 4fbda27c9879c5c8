using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>The segments at the same index of several documents, padded on the right to one length.</summary>
/// <param name="Ids">Int64 <c>[rows, width]</c>.</param>
/// <param name="Valid">Boolean <c>[rows, width]</c>: not padding.</param>
/// <param name="Lengths">Int64 <c>[rows, 1]</c>.</param>
internal sealed record SegmentBatch(Tensor Ids, Tensor Valid, Tensor Lengths)
{
    /// <summary>Gets whether there is any padding.</summary>
    internal bool Padded { get; private init; }

    /// <summary>Lays segments out in rows.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="device">Where the model is; the CPU by default.</param>
    internal static SegmentBatch From(IReadOnlyList<int[]> segments, Device? device = null)
    {
        int width = segments.Max(segment => segment.Length);
        long[] ids = new long[segments.Count * width];
        bool[] valid = new bool[ids.Length];
        for (int row = 0; row < segments.Count; row++)
        {
            for (int i = 0; i < segments[row].Length; i++)
            {
                ids[(row * width) + i] = segments[row][i];
                valid[(row * width) + i] = true;
            }
        }

        long[] shape = [segments.Count, width];
        return new SegmentBatch(
            tensor(ids, shape, device: device), tensor(valid, shape, device: device),
            tensor(segments.Select(segment => (long)segment.Length).ToArray(), [segments.Count, 1], device: device))
        {
            Padded = valid.AsSpan().Contains(false),
        };
    }
}
