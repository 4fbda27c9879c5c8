namespace LLoCO.Core.Tokenization;

/// <summary>
/// A tokenizer combined with its model: the end tokens in the model's files also end an answer, and ids of the embedding without
/// a piece (padding rows, or tokens that the vocabulary file does not list) decode to nothing.
/// </summary>
internal sealed class ModelTokenizer : ITokenizer, IPromptTokenizer
{
    private readonly ITokenizer _inner;
    private readonly HashSet<int> _ends;

    private ModelTokenizer(ITokenizer inner, IReadOnlyList<int> ends)
    {
        _inner = inner;
        EndOfSequenceIds = ends;
        _ends = [.. ends];
    }

    /// <inheritdoc/>
    public int VocabularySize => _inner.VocabularySize;

    /// <inheritdoc/>
    public int? BeginOfSequenceId => _inner.BeginOfSequenceId;

    /// <inheritdoc/>
    /// <remarks>The end of a turn comes first, if the model's chat template is used, then the tokenizer's own: training appends
    /// the first.</remarks>
    public IReadOnlyList<int> EndOfSequenceIds { get; }

    /// <inheritdoc/>
    public string Fingerprint => _inner.Fingerprint;

    /// <summary>Combines a tokenizer with a model.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="ends">Ids that the model's files name as ends of an answer.</param>
    /// <param name="turnEnd">The id that ends an answer's turn in the model's chat template, if it is used.</param>
    internal static ModelTokenizer Create(ITokenizer tokenizer, IEnumerable<int> ends, int? turnEnd = null) =>
        new(tokenizer, [.. (turnEnd is { } end ? [end] : (int[])[]).Concat(tokenizer.EndOfSequenceIds).Concat(ends).Distinct()]);

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(string text) => _inner.Encode(text);

    /// <inheritdoc/>
    public IReadOnlyList<int> EncodePrompt(string text, int start, int length) => _inner is IPromptTokenizer prompts
        ? prompts.EncodePrompt(text, start, length)
        : throw new LlocoException("The tokenizer cannot encode the special tokens of a chat template. Use none (UseChatTemplate).");

    /// <inheritdoc/>
    public IReadOnlyList<TextToken> EncodeWithOffsets(string text) => _inner.EncodeWithOffsets(text);

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return _inner.Decode(ids.Where(id => id < _inner.VocabularySize && !_ends.Contains(id)));
    }
}
