namespace LLoCO.Core.Trust;

/// <summary>A document's summary embeddings keep too little of it, and the options refuse such documents.</summary>
public sealed class FidelityTooLowException : LlocoException
{
    /// <summary>Creates the error.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="fidelity">What was measured.</param>
    /// <param name="threshold">The least score that is accepted.</param>
    internal FidelityTooLowException(string documentId, DocumentFidelity fidelity, double threshold)
        : base((fidelity is { Probes: 0 }
            ? $"What the summary of document '{documentId}' keeps is not known: no probe could be told from its raw text"
            : FormattableString.Invariant(
                $"The summary of document '{documentId}' keeps {fidelity?.Score:P1} of what {fidelity?.Probes} probes could tell ")
                + "from its raw text")
            + FormattableString.Invariant($"; at least {threshold:P1} is asked for. It was not put into the ")
            + "index. Ask it raw (ContextMode.Passages), train an adapter or a compressor on such text, or lower FidelityOptions.Threshold.")
    {
        ArgumentNullException.ThrowIfNull(fidelity);
        Fidelity = fidelity;
        Threshold = threshold;
    }

    /// <summary>Gets what was measured.</summary>
    public DocumentFidelity Fidelity { get; }

    /// <summary>Gets the least score that is accepted.</summary>
    public double Threshold { get; }
}
