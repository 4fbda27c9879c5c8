namespace LLoCO.Core;

/// <summary>An index, cache or adapter was made by another model, tokenizer or segment geometry than the one in use.</summary>
public sealed class FingerprintMismatchException : LlocoException
{
    /// <summary>Creates the error.</summary>
    /// <param name="artefact">What carries the wrong fingerprint.</param>
    /// <param name="expected">The fingerprint of the model in use.</param>
    /// <param name="found">The fingerprint that the artefact carries.</param>
    internal FingerprintMismatchException(string artefact, ModelFingerprint expected, ModelFingerprint found)
        : base($"The {artefact} was made by another model: it carries {found}, the model in use is {expected}. "
            + "Load the model that made it, or make it again with this one.")
    {
        Expected = expected;
        Found = found;
    }

    /// <summary>Gets the fingerprint of the model in use.</summary>
    public ModelFingerprint Expected { get; }

    /// <summary>Gets the fingerprint that the artefact carries.</summary>
    public ModelFingerprint Found { get; }
}
