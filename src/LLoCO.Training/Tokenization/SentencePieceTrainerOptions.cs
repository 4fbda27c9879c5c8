namespace LLoCO.Training.Tokenization;

/// <summary>Options of <see cref="SentencePieceTrainer"/>.</summary>
public sealed record SentencePieceTrainerOptions
{
    /// <summary>Gets the ids to make, the 3 special and 256 byte pieces included.</summary>
    /// <value>Default 4,096; at least 260. Fewer are made if the text has no more pairs to merge.</value>
    public int VocabularySize { get; init; } = 4096;

    /// <summary>Gets how often two pieces must be adjacent to become one.</summary>
    /// <value>Default 2; at least 1. Required words are merged however rare they are.</value>
    public int MinimumCount { get; init; } = 2;

    /// <summary>Gets the share of the text's characters that get their own piece; the rest become bytes.</summary>
    /// <value>Default 0.9995, that of google/sentencepiece; in <c>(0, 1]</c>.</value>
    public double CharacterCoverage { get; init; } = 0.9995;

    /// <summary>Gets the most characters of a learned piece, its leading space included.</summary>
    /// <value>Default 16, that of google/sentencepiece; at least 1. Required words may be longer.</value>
    public int MaximumPieceLength { get; init; } = 16;

    /// <summary>Gets words that must each become a single piece when they stand behind a single space or begin a text.</summary>
    /// <value>Default none. Each is one word of letters, without its space: <c>"harbour"</c>.</value>
    /// <remarks>
    /// Encoders reach a word only through pieces for its parts, so a word may cost several ids; parts are shared.
    /// </remarks>
    public IReadOnlyList<string> RequiredWords { get; init; } = [];
}
