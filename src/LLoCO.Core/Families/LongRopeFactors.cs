namespace LLoCO.Core.Families;

/// <summary>What LongRoPE divides the frequency of each pair of dimensions by.</summary>
/// <param name="Short">In sequences within the original window (<c>short_factor</c>).</param>
/// <param name="Long">In longer ones (<c>long_factor</c>).</param>
internal sealed record LongRopeFactors(IReadOnlyList<double> Short, IReadOnlyList<double> Long)
{
    /// <summary>Whether all factors are the same.</summary>
    public bool Equals(LongRopeFactors? other) =>
        other is not null && Short.SequenceEqual(other.Short) && Long.SequenceEqual(other.Long);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Short.Count, Short[0], Long[0]);
}
