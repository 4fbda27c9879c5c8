namespace LLoCO.Core.Trust;

/// <summary>The rising curve with the least squared error, by pooling neighbours that fall (pool adjacent violators; Ayer et
/// al., 1955).</summary>
internal static class IsotonicFit
{
    /// <summary>Fits a rising step function by pooling adjacent violators.</summary>
    /// <param name="raw">Raw confidences; at least one.</param>
    /// <param name="right">Whether each answer was right.</param>
    /// <returns>Places, rising, and the curve's values there: the ends of each level stretch.</returns>
    public static (double[] At, double[] Value) Create(double[] raw, bool[] right)
    {
        var blocks = new List<Block>();
        foreach (IGrouping<double, int> same in Enumerable.Range(0, raw.Length).GroupBy(i => raw[i]).OrderBy(one => one.Key))
        {
            blocks.Add(new Block(same.Key, same.Key, same.Count(i => right[i]), same.Count()));
            while (blocks.Count > 1 && blocks[^2].Mean >= blocks[^1].Mean)
            {
                Block joined = blocks[^2].With(blocks[^1]);
                blocks.RemoveRange(blocks.Count - 2, 2);
                blocks.Add(joined);
            }
        }

        IEnumerable<(double At, double Value)> ends = blocks.SelectMany(block => block.First == block.Last
            ? new[] { (block.First, block.Mean) }
            : [(block.First, block.Mean), (block.Last, block.Mean)]);
        return ([.. ends.Select(end => end.At)], [.. ends.Select(end => end.Value)]);
    }

    private readonly record struct Block(double First, double Last, double Rights, double Count)
    {
        public double Mean => Rights / Count;

        public Block With(Block next) => new(First, next.Last, Rights + next.Rights, Count + next.Count);
    }
}
