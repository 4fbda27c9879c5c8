using System.Security.Cryptography;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization.Json.Decoders;

namespace LLoCO.Core.Tokenization.Json;

/// <summary>
/// Reads Hugging Face's <c>tokenizer.json</c>: BPE (of bytes, or with bytes to fall back to), Unigram, WordPiece.
/// </summary>
/// <remarks>
/// <para>Safe for concurrent use. Ids are those of the library that wrote the file (huggingface/tokenizers) with its special
/// tokens taken out: typed in a text they stay text. Added tokens that are not special, such as Qwen's <c>&lt;think&gt;</c> or
/// Gemma's blank lines, are found.</para>
/// <para>The settings <c>truncation</c> and <c>padding</c> of the file are not applied, nor does a post-processor add to the
/// ids.</para>
/// </remarks>
public sealed class HuggingFaceTokenizer : ITokenizer, IPromptTokenizer
{
    /// <summary>Name of the file in a model folder.</summary>
    internal const string FileName = "tokenizer.json";

    /// <summary>Gemma's, the largest in use, has 33 MB; a hostile file must not fill the memory.</summary>
    private const int MaximumFileBytes = 128 << 20;

    /// <summary>What ends an answer, or a turn of one, in models that do not say so elsewhere.</summary>
    private static readonly string[] KnownEnds =
    [
        "<|eot_id|>", "<|im_end|>", "<end_of_turn>", "<|end|>", "<|return|>", "<|end_of_text|>", "<|endoftext|>",
        "<｜end▁of▁sentence｜>", "</s>", "<eos>", "<|eom_id|>",
    ];

    private readonly JsonEncoder _encoder;
    private readonly TokenizerJson _parts;
    private readonly string?[] _texts;
    private readonly HashSet<int> _added;
    private readonly HashSet<int> _silent;

    private HuggingFaceTokenizer(TokenizerJson parts, SpecialTokenNames names, string fingerprint)
    {
        _parts = parts;
        _encoder = new JsonEncoder(parts);
        _texts = TextsById(parts);
        _added = [.. parts.AddedTokens.Select(token => token.Id)];
        Fingerprint = fingerprint;
        string? begin = names.AddsBegin switch
        {
            true => names.Begin,
            false => null,
            null => parts.Before.Count > 0 ? parts.Before[0] : null,
        };
        BeginOfSequenceId = begin is null ? null : parts.IdOf(begin);
        EndOfSequenceIds = Ends(parts, names.End);
        _silent = [.. parts.AddedTokens.Where(token => token.IsSpecial).Select(token => token.Id), .. EndOfSequenceIds];
        _silent.Add(BeginOfSequenceId ?? EndOfSequenceIds.FirstOrDefault(-1));
    }

    /// <inheritdoc/>
    /// <remarks>One more than the largest id: of the pieces, or of an added token.</remarks>
    public int VocabularySize => _texts.Length;

    /// <inheritdoc/>
    /// <remarks>
    /// The token that the model's own code puts before a text: <c>bos_token</c> where <c>tokenizer_config.json</c> says
    /// <c>add_bos_token</c>, else the first one of the post-processor; <see langword="null"/> where none is put there.
    /// </remarks>
    public int? BeginOfSequenceId { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// First <c>eos_token</c> of <c>tokenizer_config.json</c> or <c>special_tokens_map.json</c>, then the special tokens that are
    /// known to end a turn.
    /// </remarks>
    public IReadOnlyList<int> EndOfSequenceIds { get; }

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>Finds the id of a token by its text, special ones included.</summary>
    internal int? FindToken(string text) => _parts.IdOf(text);

    /// <summary>Gets the kinds of its parts, for people.</summary>
    public string Description => _parts.Description;

    /// <summary>
    /// Loads a <c>tokenizer.json</c>, with <c>tokenizer_config.json</c> and <c>special_tokens_map.json</c> where they are beside
    /// it.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">A file is damaged, or asks for what is not supported; the message names
    /// it.</exception>
    public static HuggingFaceTokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = VocabularyFile.Open(path);
        return Load(stream, SpecialTokenNames.Read(Path.GetDirectoryName(Path.GetFullPath(path))!));
    }

    /// <summary>Loads a <c>tokenizer.json</c> from a stream, without the files beside it.</summary>
    /// <param name="stream">The file's bytes, at most 128 MB; read to the end and left open.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="CheckpointFormatException">As for <see cref="Load(string)"/>.</exception>
    public static HuggingFaceTokenizer Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Load(stream, new SpecialTokenNames(null, null, null));
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _encoder.Encode<int[]>(text, offsets: false, run => [.. run.Ids]);
    }

    /// <inheritdoc/>
    IReadOnlyList<int> IPromptTokenizer.EncodePrompt(string text, int start, int length) =>
        _encoder.EncodePrompt(text, start, length);

    /// <inheritdoc/>
    /// <remarks>
    /// What a normalizer or a model puts before the text has length 0. Where a character takes several tokens, the first covers
    /// it and the others lie behind it with length 0. Characters that are dropped, such as white space before BERT's words,
    /// belong to no token.
    /// </remarks>
    public IReadOnlyList<TextToken> EncodeWithOffsets(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _encoder.Encode<TextToken[]>(text, offsets: true, run => [.. run.Tokens]);
    }

    /// <inheritdoc/>
    /// <remarks>Special tokens become nothing; blanks are left as they are (<c>clean_up_tokenization_spaces</c> is not read).
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">An id lies outside the vocabulary.</exception>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var tokens = new List<DecodedToken>();
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)_texts.Length)
            {
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"The vocabulary has ids 0 to {_texts.Length - 1}.");
            }

            if (_texts[id] is { } text && !_silent.Contains(id))
            {
                tokens.Add(new DecodedToken(text, _added.Contains(id)));
            }
        }

        if (_parts.Decoder is null)
        {
            return string.Join(' ', tokens.Select(token => token.Text));
        }

        _parts.Decoder.Decode(tokens);
        return string.Concat(tokens.Select(token => token.Text));
    }

    /// <summary>Counts the steps that patterns take for a text.</summary>
    internal long CountPatternSteps(string text) => _encoder.Encode(text, offsets: false, run =>
    {
        run.CountMatchers();
        return run.PatternSteps;
    });

    private static HuggingFaceTokenizer Load(Stream stream, SpecialTokenNames names)
    {
        string name = stream is FileStream file ? file.Name : FileName;
        byte[] data = VocabularyFile.ReadAll(stream, name, MaximumFileBytes);
        return new HuggingFaceTokenizer(
            TokenizerJsonReader.Read(name, data), names, Convert.ToHexStringLower(SHA256.HashData(data)));
    }

    private static string?[] TextsById(TokenizerJson parts)
    {
        int largest = Math.Max(
            parts.Model.Vocabulary.Values.Max(), parts.AddedTokens.Select(token => token.Id).DefaultIfEmpty(-1).Max());
        string?[] texts = new string?[largest + 1];
        foreach ((string piece, int id) in parts.Model.Vocabulary)
        {
            texts[id] = piece;
        }

        foreach (AddedToken token in parts.AddedTokens)
        {
            texts[token.Id] = token.Content;
        }

        return texts;
    }

    private static int[] Ends(TokenizerJson parts, string? named)
    {
        HashSet<string> special = [.. parts.AddedTokens.Where(token => token.IsSpecial).Select(token => token.Content)];
        IEnumerable<string> ends = KnownEnds.Where(special.Contains);
        return [.. (named is null ? ends : ends.Prepend(named)).Select(parts.IdOf).OfType<int>().Distinct()];
    }
}
