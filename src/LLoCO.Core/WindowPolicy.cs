namespace LLoCO.Core;

/// <summary>What happens when the documents chosen for a question do not fit the model's native window.</summary>
public enum WindowPolicy
{
    /// <summary>A <see cref="Decoding.WindowExceededException"/> that says how much is too much. The default: nothing is left
    /// out without a word.</summary>
    Error = 0,

    /// <summary>The lowest ranked documents are left out until the rest fits; the answer's sources name those that were read.
    /// An error remains where not even one fits.</summary>
    FewerDocuments = 1,
}
