using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization.Json;

namespace LLoCO.Core.Tokenization;

/// <summary>Reads Llama-3's <c>tokenizer.model</c>: a tiktoken file, one <c>base64 rank</c> a line.</summary>
/// <remarks>
/// <para>Safe for concurrent use. The 256 special ids that follow the ranks, and the pattern that cuts text into words, are those
/// of meta-llama/llama3, <c>llama/tokenizer.py</c>: BOS <c>&lt;|begin_of_text|&gt;</c> comes first, EOS are
/// <c>&lt;|end_of_text|&gt;</c> (second) and <c>&lt;|eot_id|&gt;</c> (tenth).</para>
/// <para>Special tokens typed in a text stay text; special ids decode to nothing.</para>
/// </remarks>
public sealed class TiktokenFileTokenizer : ITokenizer, IPromptTokenizer
{
    private const int SpecialIds = 256;
    private const int EndOfTextOffset = 1;
    private const int EndOfTurnOffset = 9;

    /// <summary>Llama-3's file has 2.2 MB; a hostile file must not fill the memory.</summary>
    private const int MaximumFileBytes = 64 << 20;

    private readonly JsonEncoder _encoder;
    private readonly byte[][] _bytes;

    private TiktokenFileTokenizer(byte[][] bytes, string fingerprint)
    {
        _encoder = new JsonEncoder(TiktokenRanks.ToParts(bytes));
        _bytes = bytes;
        Fingerprint = fingerprint;
        BeginOfSequenceId = bytes.Length;
        EndOfSequenceIds = [bytes.Length + EndOfTextOffset, bytes.Length + EndOfTurnOffset];
    }

    /// <inheritdoc/>
    public int VocabularySize => _bytes.Length + SpecialIds;

    /// <inheritdoc/>
    public int? BeginOfSequenceId { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> EndOfSequenceIds { get; }

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>Loads a tiktoken file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">A line is not <c>base64 rank</c>, a rank is missing or doubled, or one of the
    /// 256 bytes has no token.</exception>
    public static TiktokenFileTokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = VocabularyFile.Open(path);
        return Load(stream);
    }

    /// <summary>Loads a tiktoken file from a stream.</summary>
    /// <param name="stream">The file's bytes, at most 64 MB; read to the end and left open.</param>
    /// <returns>The tokenizer.</returns>
    /// <exception cref="CheckpointFormatException">As for <see cref="Load(string)"/>.</exception>
    public static TiktokenFileTokenizer Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        string name = stream is FileStream file ? file.Name : "tokenizer.model";
        byte[] data = VocabularyFile.ReadAll(stream, name, MaximumFileBytes);
        byte[][] bytes = TiktokenFile.Parse(data, name);
        return new TiktokenFileTokenizer(bytes, Convert.ToHexStringLower(SHA256.HashData(data)));
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
    /// A character belongs to the token that holds its first byte; tokens of its other bytes lie behind it, so that tokens
    /// <c>i..j</c> always cover <c>[Start(i), Start(j) + Length(j))</c>.
    /// </remarks>
    public IReadOnlyList<TextToken> EncodeWithOffsets(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _encoder.Encode<TextToken[]>(text, offsets: true, run => [.. run.Tokens]);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An id lies outside the vocabulary.</exception>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var buffer = new ArrayBufferWriter<byte>();
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)VocabularySize)
            {
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"The vocabulary has ids 0 to {VocabularySize - 1}.");
            }

            if (id < _bytes.Length)
            {
                buffer.Write(_bytes[id]);
            }
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
