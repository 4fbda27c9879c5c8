using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using LLoCO.Core.Checkpoints;
using ML = Microsoft.ML.Tokenizers;

namespace LLoCO.Core.Tokenization;

/// <summary>Reads LLaMA's SentencePiece BPE <c>tokenizer.model</c> (Llama 1 and 2, and models trained by this library).</summary>
/// <remarks>
/// Safe for concurrent use. Encoding is done by Microsoft.ML.Tokenizers; decoding and offsets follow google/sentencepiece:
/// one space is put before the text and taken away again, characters outside the vocabulary become UTF-8 byte pieces, and
/// ids of BOS, EOS and the unknown piece decode to nothing.
/// </remarks>
public sealed class SentencePieceTokenizer : ITokenizer
{
    /// <summary>No known SentencePiece vocabulary comes near (Llama-2's has 0.5 MB); a hostile file must not fill the memory.</summary>
    private const int MaximumFileBytes = 64 << 20;

    private readonly ML.LlamaTokenizer _encoder;
    private readonly SentencePieceModel _model;
    private readonly byte[][] _bytes;

    private SentencePieceTokenizer(ML.LlamaTokenizer encoder, SentencePieceModel model, string fingerprint)
    {
        _encoder = encoder;
        _model = model;
        _bytes = [.. model.Pieces.Select(BytesOf)];
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
    /// <exception cref="CheckpointFormatException">The file is damaged, or not a SentencePiece BPE model without text
    /// normalization.</exception>
    public static SentencePieceTokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = File.OpenRead(path);
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
        SentencePieceModel model = SentencePieceModel.Parse(data, name);
        Refuse(model, name);
        try
        {
            using var copy = new MemoryStream(data, writable: false);
            ML.LlamaTokenizer encoder = ML.LlamaTokenizer.Create(copy, addBeginOfSentence: false, addEndOfSentence: false);
            return new SentencePieceTokenizer(encoder, model, Convert.ToHexStringLower(SHA256.HashData(data)));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Microsoft.ML.Tokenizers meets faults of the vocabulary (doubled pieces, ids out of range) with whatever its
            // dictionaries and arrays throw.
            throw new CheckpointFormatException(name, null, $"the vocabulary cannot be used: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _encoder.EncodeToIds(text, addBeginningOfSentence: false, addEndOfSentence: false);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The space put before the text has length 0. Where a character takes several byte pieces, the first covers it and the
    /// others lie behind it with length 0, so that tokens <c>i..j</c> always cover <c>[Start(i), Start(j) + Length(j))</c>.
    /// </remarks>
    public IReadOnlyList<TextToken> EncodeWithOffsets(string text)
    {
        IReadOnlyList<int> ids = Encode(text);
        var tokens = new TextToken[ids.Count];
        int position = 0;
        int pendingBytes = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            SentencePiece piece = _model.Pieces[ids[i]];
            int length = 0;
            if (piece.Type is SentencePieceType.Byte or SentencePieceType.Unknown)
            {
                if (pendingBytes == 0)
                {
                    Rune.DecodeFromUtf16(text.AsSpan(position), out Rune rune, out length);
                    pendingBytes = piece.Type == SentencePieceType.Byte ? rune.Utf8SequenceLength : 1;
                }

                pendingBytes--;
            }
            else
            {
                length = piece.Text.Length - (i == 0 && _model.AddDummyPrefix ? 1 : 0);
            }

            tokens[i] = new TextToken(ids[i], position, length);
            position += length;
        }

        return tokens;
    }

    /// <inheritdoc/>
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

    private static void Refuse(SentencePieceModel model, string name)
    {
        string? fault = !model.IsBytePair ? "is a unigram model; LLaMA's are BPE models (model_type 2)."
            : model.HasCharacterMap || model.RemoveExtraWhitespaces
                ? "rewrites the text (normalization rule or remove_extra_whitespaces), so offsets and decoded text would be wrong; "
                    + "bring a model with the identity rule, as LLaMA's."
            : null;
        if (fault is not null)
        {
            throw new CheckpointFormatException(name, null, fault);
        }
    }

    private static byte[] BytesOf(SentencePiece piece) => piece.Type switch
    {
        SentencePieceType.Control or SentencePieceType.Unknown or SentencePieceType.Unused => [],
        SentencePieceType.Byte => [Convert.ToByte(piece.Text[3..5], 16)], // <0xNN>
        _ => Encoding.UTF8.GetBytes(piece.Text.Replace(SentencePieceModel.Space, ' ')),
    };
}
