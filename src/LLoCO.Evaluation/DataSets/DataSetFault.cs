namespace LLoCO.Evaluation.DataSets;

/// <summary>A line is broken. Never leaves the readers: it becomes a <see cref="BrokenLine"/> or an error
/// that names it.</summary>
internal sealed class DataSetFault(string fault) : Exception(fault)
{
    /// <summary>Gives a value that must be there.</summary>
    public static T Require<T>(T? value, string name)
        where T : class => value ?? throw new DataSetFault($"'{name}' is missing.");

    /// <summary>Gives a text that must be there and not be blank.</summary>
    public static string RequireText(string? value, string name) => string.IsNullOrWhiteSpace(value)
        ? throw new DataSetFault($"'{name}' is missing or empty.")
        : value;

    /// <summary>Gives a list that must be there, with no null in it.</summary>
    public static IReadOnlyList<T> RequireAll<T>(IReadOnlyList<T?>? values, string name)
        where T : class => Require(values, name).Any(value => value is null)
            ? throw new DataSetFault($"'{name}' holds null.")
            : [.. values!.OfType<T>()];

    /// <summary>Gives answers, each once; one that is not blank must be there.</summary>
    public static IReadOnlyList<string> RequireAnswers(IEnumerable<string?>? answers, string name)
    {
        string[] some = [.. (answers ?? []).OfType<string>().Where(answer => !string.IsNullOrWhiteSpace(answer)).Distinct()];
        return some.Length > 0
            ? some
            : throw new DataSetFault($"'{name}' holds no answer; a test split whose answers are kept back cannot be scored.");
    }
}
