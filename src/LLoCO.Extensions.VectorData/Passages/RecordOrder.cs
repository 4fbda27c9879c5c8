using System.Linq.Expressions;
using Microsoft.Extensions.VectorData;

namespace LLoCO.Extensions.VectorData.Passages;

/// <summary>Orders records as the caller asks.</summary>
internal static class RecordOrder
{
    /// <summary>Sorts records.</summary>
    /// <param name="records">The records, by document and place.</param>
    /// <param name="orderBy">The order; as they are with <see langword="null"/>.</param>
    public static IEnumerable<PassageRecord> Sort(
        IReadOnlyList<PassageRecord> records,
        Func<FilteredRecordRetrievalOptions<PassageRecord>.OrderByDefinition, FilteredRecordRetrievalOptions<PassageRecord>.OrderByDefinition>? orderBy)
    {
        if (orderBy is null)
        {
            return records;
        }

        IOrderedEnumerable<PassageRecord>? sorted = null;
        foreach (var by in orderBy(new FilteredRecordRetrievalOptions<PassageRecord>.OrderByDefinition()).Values)
        {
            Func<PassageRecord, object?> property = by.PropertySelector.Compile();
            sorted = (sorted, by.Ascending) switch
            {
                (null, true) => records.OrderBy(property, Values),
                (null, false) => records.OrderByDescending(property, Values),
                ({ } before, true) => before.ThenBy(property, Values),
                ({ } before, false) => before.ThenByDescending(property, Values),
            };
        }

        return sorted ?? (IEnumerable<PassageRecord>)records;
    }

    // Words by their characters, as the index sorts ids: the same on every machine.
    private static readonly Comparer<object?> Values = Comparer<object?>.Create((one, other) =>
        one is string text && other is string second ? string.CompareOrdinal(text, second) : Comparer<object?>.Default.Compare(one, other));
}
