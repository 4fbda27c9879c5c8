namespace LLoCO.Core;

/// <summary>What happens when the documents chosen for a question do not fit the model's native window.</summary>
public enum WindowPolicy
{
    /// <summary>
    /// A <see cref="Decoding.WindowExceededException"/> that says by how much they exceed it. The default, so that nothing is
    /// left out silently.
    /// </summary>
    Error = 0,

    /// <summary>
    /// The lowest ranked documents are left out until the rest fits; the answer's sources name those that were read. It is still
    /// an error if not even one fits.
    /// </summary>
    FewerDocuments = 1,
}
