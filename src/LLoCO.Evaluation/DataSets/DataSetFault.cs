namespace LLoCO.Evaluation.DataSets;

/// <summary>A fault in a line. It does not leave the readers: they turn it into a <see cref="BrokenLine"/> or an error that names
/// it.</summary>
internal sealed class DataSetFault(string fault) : Exception(fault)
{
    /// <summary>Gets a required value.</summary>
    public static T Require<T>(T? value, string name)
        where T : class => value ?? throw new DataSetFault($"'{name}' is missing.");

    /// <summary>Gets a required text that is not blank.</summary>
    public static string RequireText(string? value, string name) => string.IsNullOrWhiteSpace(value)
        ? throw new DataSetFault($"'{name}' is missing or empty.")
        : value;

    /// <summary>Gets a required list without nulls.</summary>
    public static IReadOnlyList<T> RequireAll<T>(IReadOnlyList<T?>? values, string name)
        where T : class => Require(values, name).Any(value => value is null)
            ? throw new DataSetFault($"'{name}' holds null.")
            : [.. values!.OfType<T>()];

    /// <summary>Gets the distinct answers; at least one must not be blank.</summary>
    public static IReadOnlyList<string> RequireAnswers(IEnumerable<string?>? answers, string name)
    {
        string[] some = [.. (answers ?? []).OfType<string>().Where(answer => !string.IsNullOrWhiteSpace(answer)).Distinct()];
        return some.Length > 0
            ? some
            : throw new DataSetFault($"'{name}' has no answer; a test split without published answers cannot be scored.");
    }
}
