namespace LLoCO.Training.Grouping;

/// <summary>Takes some of many, at even distances.</summary>
internal static class EvenChoice
{
    /// <summary>Takes items.</summary>
    /// <typeparam name="T">Of any type.</typeparam>
    /// <param name="items">The items.</param>
    /// <param name="most">Most to take.</param>
    /// <returns>In order; all where there are no more.</returns>
    public static IReadOnlyList<T> Take<T>(IReadOnlyList<T> items, int most) => items.Count <= most
        ? items
        : [.. Enumerable.Range(0, most).Select(i => items[(int)((long)i * items.Count / most)])];
}
