namespace LLoCO.Core;

/// <summary>A pipeline cannot be built as it was described. Every fault is listed, not only the first.</summary>
public sealed class LlocoConfigurationException : LlocoException
{
    /// <summary>Creates the error.</summary>
    /// <param name="faults">What is wrong, one sentence each; at least one.</param>
    internal LlocoConfigurationException(IReadOnlyList<string> faults)
        : base(Describe(faults)) => Faults = faults;

    /// <summary>Gets what is wrong, one sentence each.</summary>
    public IReadOnlyList<string> Faults { get; }

    private static string Describe(IReadOnlyList<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        return faults.Count == 1
            ? "The pipeline cannot be built: " + faults[0]
            : $"The pipeline cannot be built, for {faults.Count} reasons:"
                + string.Concat(faults.Select(fault => "\n- " + fault));
    }
}
