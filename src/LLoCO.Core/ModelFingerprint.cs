namespace LLoCO.Core;

/// <summary>
/// Identifies the model, tokenizer, segment geometry and projector that made a summary embedding. Indexes, caches and adapters
/// carry it. A mismatch is refused, because a model cannot read the summary embeddings of another one.
/// </summary>
/// <param name="Model">SHA-256 of the encoder's weights and configuration, lower-case hex.</param>
/// <param name="Tokenizer">SHA-256 of the tokenizer file, lower-case hex.</param>
/// <param name="SegmentLength">Tokens in a full segment (1,536 in the paper).</param>
/// <param name="SummaryLength">Summary embeddings per segment (50 in the paper).</param>
/// <param name="Projector">The projector's own fingerprint; <c>identity</c> when encoder and decoder share a width.</param>
public sealed record ModelFingerprint(string Model, string Tokenizer, int SegmentLength, int SummaryLength, string Projector)
{
    /// <summary>The value of <see cref="Projector"/> if encoder and decoder share a width.</summary>
    internal const string IdentityProjector = "identity";

    /// <summary>What <see cref="Projector"/> begins with if memories are keys and values.</summary>
    internal const string KeyValueProjector = "key-value";

    /// <summary>Gets whether it is of key/value memories, not of summary embeddings.</summary>
    internal bool IsKeyValue =>
        Projector == KeyValueProjector || Projector.StartsWith(KeyValueProjector + "+", StringComparison.Ordinal);

    /// <summary>Refuses a fingerprint that differs from this one.</summary>
    /// <param name="found">The fingerprint that the artefact carries.</param>
    /// <param name="artefact">What carries it, for the message: <c>index notes.db</c>, <c>adapter ship</c>.</param>
    /// <exception cref="FingerprintMismatchException">The two differ.</exception>
    public void EnsureMatches(ModelFingerprint found, string artefact)
    {
        ArgumentNullException.ThrowIfNull(found);
        if (found != this)
        {
            throw new FingerprintMismatchException(artefact, expected: this, found);
        }
    }

    /// <summary>One line, stable across versions: <c>model/tokenizer/segment:summary/projector</c>.</summary>
    /// <returns>The canonical text form, which <see cref="Parse"/> reads back.</returns>
    public override string ToString() => $"{Model}/{Tokenizer}/{SegmentLength}:{SummaryLength}/{Projector}";

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    /// <param name="text">The canonical text form.</param>
    /// <returns>The fingerprint.</returns>
    /// <exception cref="FormatException">The text is not a fingerprint.</exception>
    public static ModelFingerprint Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('/', 4);
        string[] lengths = parts.Length == 4 ? parts[2].Split(':') : [];
        if (lengths.Length != 2 || !int.TryParse(lengths[0], out int segment) || !int.TryParse(lengths[1], out int summary))
        {
            throw new FormatException($"'{text}' is not a model fingerprint (model/tokenizer/segment:summary/projector).");
        }

        return new ModelFingerprint(parts[0], parts[1], segment, summary, parts[3]);
    }
}
