using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization.Json;

namespace LLoCO.Core.Tokenization;

/// <summary>Reads LLaMA's SentencePiece BPE <c>tokenizer.model</c> (Llama 1 and 2, and models trained by this library).</summary>
/// <remarks>
/// Safe for concurrent use. Ids equal those of google/sentencepiece: one space is put before the text and taken away again,
/// characters outside the vocabulary become UTF-8 byte pieces, special tokens typed in the text stay text. Ids of BOS, EOS
/// and the unknown piece decode to nothing.
/// </remarks>
public sealed class SentencePieceTokenizer : ITokenizer, IPromptTokenizer
{
    /// <summary>Far above any known vocabulary (Llama-2's has 0.5 MB); a hostile file must not fill the memory.</summary>
    private const int MaximumFileBytes = 64 << 20;

    private readonly SentencePieceEncoder _encoder;
    private readonly SentencePieceModel _model;
    private readonly byte[][] _bytes;
    private readonly SpecialTokenCutter _special;

    private SentencePieceTokenizer(SentencePieceModel model, string fingerprint)
    {
        _encoder = new SentencePieceEncoder(model);
        _model = model;
        _bytes = [.. model.Pieces.Select(BytesOf)];
        _special = new SpecialTokenCutter(model.Pieces.Index()
            .Where(entry => entry.Item.Type == SentencePieceType.Control)
            .Select(entry => new AddedToken(entry.Index, entry.Item.Text, true, false, false, false, false)));
        Fingerprint = fingerprint;
        BeginOfSequenceId = model.BeginId >= 0 && model.BeginId < model.Pieces.Count ? model.BeginId : null;
        EndOfSequenceIds = model.EndId >= 0 && model.EndId < model.Pieces.Count ? [model.EndId] : [];
    }

    /// <inheritdoc/>
    public int VocabularySize => _model.Pieces.Count;

    /// <inheritdoc/>
    public int? BeginOfSequenceId { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> EndOfSequenceIds { get; }

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>Loads a <c>tokenizer.model</c>.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">The file is damaged, or not a SentencePiece BPE model with the
    /// identity normalization.</exception>
    public static SentencePieceTokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = VocabularyFile.Open(path);
        return Load(stream);
    }

    /// <summary>Loads a <c>tokenizer.model</c> from a stream, for instance an embedded resource.</summary>
    /// <param name="stream">The file's bytes, at most 64 MB; read to the end and left open.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="CheckpointFormatException">As for <see cref="Load(string)"/>.</exception>
    public static SentencePieceTokenizer Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        string name = stream is FileStream file ? file.Name : "tokenizer.model";
        byte[] data = VocabularyFile.ReadAll(stream, name, MaximumFileBytes);
        SentencePieceModel model = SentencePieceModelReader.Read(data, name);
        model.EnsureUsable(name);
        return new SentencePieceTokenizer(model, Convert.ToHexStringLower(SHA256.HashData(data)));
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<TextToken> tokens = _encoder.Encode(text);
        int[] ids = new int[tokens.Count];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = tokens[i].Id;
        }

        return ids;
    }

    /// <inheritdoc/>
    /// <remarks>A space is put before each stretch between special tokens, as in the library that the models were trained
    /// with.</remarks>
    IReadOnlyList<int> IPromptTokenizer.EncodePrompt(string text, int start, int length)
    {
        var ids = new List<int>();
        _special.Cut(
            text, start, length, (from, to) => ids.AddRange(Encode(text[from..to])), (token, _, _) => ids.Add(token.Id));
        return ids;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The space put before the text has length 0. Where a character takes several byte pieces, the first covers it and the
    /// others lie behind it with length 0, so that tokens <c>i..j</c> always cover <c>[Start(i), Start(j) + Length(j))</c>.
    /// </remarks>
    public IReadOnlyList<TextToken> EncodeWithOffsets(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _encoder.Encode(text);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// <c>Decode(Encode(text))</c> is the text, except that U+2581 comes back as a space, an unpaired surrogate as U+FFFD,
    /// and runs of spaces as one where the model has <c>remove_extra_whitespaces</c> (LLaMA's have not).
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">An id lies outside the vocabulary.</exception>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var buffer = new ArrayBufferWriter<byte>();
        bool prefix = _model.AddDummyPrefix;
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)_bytes.Length)
            {
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"The vocabulary has ids 0 to {_bytes.Length - 1}.");
            }

            ReadOnlySpan<byte> bytes = _bytes[id];
            if (prefix && !bytes.IsEmpty)
            {
                prefix = false;
                bytes = bytes[0] == (byte)' ' && _model.Pieces[id].Type != SentencePieceType.Byte ? bytes[1..] : bytes;
            }

            buffer.Write(bytes);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static byte[] BytesOf(SentencePiece piece) => piece.Type switch
    {
        SentencePieceType.Control or SentencePieceType.Unknown => [],
        SentencePieceType.Byte => [SentencePieceModel.ByteOf(piece)],
        _ => Encoding.UTF8.GetBytes(piece.Text.Replace(SentencePieceModel.Space, ' ')),
    };
}
