namespace LLoCO.Core.Tokenization;

/// <summary>Converts text to token ids and back. Implementations are safe for concurrent use.</summary>
/// <remarks>
/// A document is tokenized once and cut by id, never by text: tokens at the borders of text slices differ from those of the
/// whole (the original's 10,000-character slices get every border wrong).
/// </remarks>
public interface ITokenizer
{
    /// <summary>Gets the number of ids; every id is in <c>[0, VocabularySize)</c>.</summary>
    int VocabularySize { get; }

    /// <summary>Gets the id that begins a sequence, or <see langword="null"/> where the vocabulary has none.</summary>
    int? BeginOfSequenceId { get; }

    /// <summary>Gets the ids that end an answer. The first is the one training appends to an answer.</summary>
    IReadOnlyList<int> EndOfSequenceIds { get; }

    /// <summary>Gets the SHA-256 of the vocabulary file, lower-case hex.</summary>
    string Fingerprint { get; }

    /// <summary>Encodes text without BOS or EOS. Special tokens typed in the text stay text.</summary>
    /// <param name="text">Any text; may be empty.</param>
    /// <returns>The ids.</returns>
    IReadOnlyList<int> Encode(string text);

    /// <summary>Encodes text and returns the position of each token.</summary>
    /// <param name="text">Any text; may be empty.</param>
    /// <returns>One entry per token, in order; the ids equal those of <see cref="Encode"/>.</returns>
    IReadOnlyList<TextToken> EncodeWithOffsets(string text);

    /// <summary>Decodes ids. BOS, EOS and padding become nothing.</summary>
    /// <param name="ids">Ids in <c>[0, VocabularySize)</c>.</param>
    /// <returns>The text; incomplete multi-byte characters become U+FFFD.</returns>
    string Decode(IEnumerable<int> ids);
}

/// <summary>A token and its characters.</summary>
/// <param name="Id">The token's id.</param>
/// <param name="Start">Index of its first UTF-16 character in the text.</param>
/// <param name="Length">Number of UTF-16 characters; 0 for a token that is part of a character already covered.</param>
public readonly record struct TextToken(int Id, int Start, int Length);
