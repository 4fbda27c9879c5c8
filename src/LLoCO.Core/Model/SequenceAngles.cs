using LLoCO.Core.Tensors;
using static TorchSharp.torch;

namespace LLoCO.Core.Model;

/// <summary>Cosines and sines of the rows of several sequences in one pass.</summary>
internal static class SequenceAngles
{
    /// <summary>Selects the angles of all rows.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sequences">The sequences; their caches take whether they are long.</param>
    /// <returns>As <see cref="LlamaModel.SelectAngles"/>, <c>[rows, 1, rotated/2]</c> each.</returns>
    internal static (Tensor Cos, Tensor Sin)[] Select(LlamaModel model, IReadOnlyList<SequenceRows> sequences)
    {
        // Consecutive sequences that use the same angles are looked up together.
        var parts = new List<(Tensor Cos, Tensor Sin)[]>();
        bool[] isLong = [.. sequences.Select(sequence => sequence.SetLong(model.Config.RopeScaling))];
        for (int start = 0, end; start < isLong.Length; start = end)
        {
            for (end = start + 1; end < isLong.Length && isLong[end] == isLong[start]; end++)
            {
            }

            SequenceRows[] alike = [.. sequences.Skip(start).Take(end - start)];
            Tensor[] ranges = Array.ConvertAll(alike, one => HeldNumbers.Range(one.Start, one.Start + one.Rows));
            Tensor positions = ranges.Length == 1 ? ranges[0] : cat(ranges, 0);
            long limit = alike.Max(one => one.Start + one.Rows);
            parts.Add(Array.ConvertAll(
                model.SelectAngles(positions, limit, isLong[start]),
                angles => (angles.Cos.view(positions.size(0), 1, -1), angles.Sin.view(positions.size(0), 1, -1))));
        }

        return parts.Count == 1
            ? parts[0]
            : [.. parts[0].Select((_, kind) =>
                (cat([.. parts.Select(part => part[kind].Cos)], 0), cat([.. parts.Select(part => part[kind].Sin)], 0)))];
    }
}
