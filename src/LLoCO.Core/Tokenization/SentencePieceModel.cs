using System.Globalization;
using Google.Protobuf;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Tokenization;

/// <summary>What a piece is (<c>ModelProto.SentencePiece.Type</c> of google/sentencepiece, <c>sentencepiece_model.proto</c>).</summary>
internal enum SentencePieceType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>One entry of the vocabulary; its id is its index.</summary>
internal readonly record struct SentencePiece(string Text, float Score, SentencePieceType Type);

/// <summary>
/// The parts of a SentencePiece <c>ModelProto</c> that encoding and decoding depend on. Field numbers are those of
/// google/sentencepiece, <c>src/sentencepiece_model.proto</c>.
/// </summary>
internal sealed record SentencePieceModel
{
    /// <summary>The character that stands for a space inside pieces.</summary>
    public const char Space = '\u2581';

    /// <summary>Gets the vocabulary in id order.</summary>
    public required IReadOnlyList<SentencePiece> Pieces { get; init; }

    /// <summary>Gets whether characters outside the vocabulary become byte pieces.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Gets whether a space is put before the text.</summary>
    public bool AddDummyPrefix { get; init; } = true;

    /// <summary>Gets whether runs of spaces shrink to one, which no decoder can undo.</summary>
    public bool RemoveExtraWhitespaces { get; init; } = true;

    /// <summary>Gets whether the text is rewritten (NFKC and the like) before it is encoded.</summary>
    public bool HasCharacterMap { get; init; }

    /// <summary>Gets whether the model is a BPE model (<c>model_type</c> 2), the only kind LLaMA uses.</summary>
    public bool IsBytePair { get; init; }

    /// <summary>Gets the id of BOS; negative where there is none.</summary>
    public int BeginId { get; init; } = 1;

    /// <summary>Gets the id of EOS; negative where there is none.</summary>
    public int EndId { get; init; } = 2;

    /// <summary>Reads a serialized <c>ModelProto</c>.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <returns>The model.</returns>
    /// <exception cref="CheckpointFormatException">The bytes are not such a message, or hold no pieces.</exception>
    public static SentencePieceModel Parse(byte[] data, string file)
    {
        try
        {
            var pieces = new List<SentencePiece>();
            var model = new SentencePieceModel { Pieces = pieces };
            var input = new CodedInputStream(data);
            while (input.ReadTag() is var tag and not 0)
            {
                switch (tag)
                {
                    case (1 << 3) | 2:
                        pieces.Add(ParsePiece(input.ReadBytes()));
                        break;
                    case (2 << 3) | 2:
                        model = ParseTrainer(input.ReadBytes(), model);
                        break;
                    case (3 << 3) | 2:
                        model = ParseNormalizer(input.ReadBytes(), model);
                        break;
                    default:
                        input.SkipLastField();
                        break;
                }
            }

            return pieces.Count > 0
                ? model
                : throw new CheckpointFormatException(file, null, "holds no pieces, so it is not a SentencePiece model.");
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidOperationException)
        {
            throw new CheckpointFormatException(
                file, null, "is not a SentencePiece model (damaged or cut short); fetch the file again.", error);
        }
    }

    /// <summary>Gets the byte that a piece of the form <c>&lt;0xNN&gt;</c> stands for.</summary>
    /// <param name="piece">A piece of type <see cref="SentencePieceType.Byte"/> of a usable model.</param>
    /// <returns>The byte.</returns>
    public static byte ByteOf(SentencePiece piece) => byte.Parse(piece.Text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, null);

    /// <summary>Refuses what the encoder would get wrong.</summary>
    /// <param name="file">The file, for messages.</param>
    /// <exception cref="CheckpointFormatException">Not a BPE model, it rewrites text, or its pieces contradict each other.</exception>
    public void EnsureUsable(string file)
    {
        string? fault = this switch
        {
            { IsBytePair: false } => "is no BPE model (model_type 2), LLaMA's kind.",
            { HasCharacterMap: true } or { RemoveExtraWhitespaces: true } =>
                "rewrites the text (normalization rule or remove_extra_whitespaces), so offsets and decoded text would be wrong; "
                + "bring a model with the identity rule, as LLaMA's.",
            _ => FaultOfPieces(),
        };
        if (fault is not null)
        {
            throw new CheckpointFormatException(file, null, fault);
        }
    }

    /// <summary>Writes a BPE model with the fields that both google/sentencepiece and Microsoft.ML.Tokenizers ask for.</summary>
    /// <param name="destination">Where to; stays open.</param>
    public void Write(Stream destination)
    {
        using var output = new CodedOutputStream(destination, leaveOpen: true);
        foreach (SentencePiece piece in Pieces)
        {
            WriteMessage(output, 1, inner =>
            {
                inner.WriteTag(1, WireFormat.WireType.LengthDelimited);
                inner.WriteString(piece.Text);
                inner.WriteTag(2, WireFormat.WireType.Fixed32);
                inner.WriteFloat(piece.Score);
                WriteNumber(inner, 3, (int)piece.Type);
            });
        }

        WriteMessage(output, 2, inner =>
        {
            WriteNumber(inner, 3, IsBytePair ? 2 : 1);
            WriteNumber(inner, 4, Pieces.Count);
            WriteNumber(inner, 25, 1); // split_digits
            WriteNumber(inner, 35, ByteFallback ? 1 : 0);
            WriteNumber(inner, 40, 0);
            WriteNumber(inner, 41, BeginId);
            WriteNumber(inner, 42, EndId);
            WriteNumber(inner, 43, -1);
        });
        WriteMessage(output, 3, inner =>
        {
            inner.WriteTag(1, WireFormat.WireType.LengthDelimited);
            inner.WriteString("identity");
            WriteNumber(inner, 3, AddDummyPrefix ? 1 : 0);
            WriteNumber(inner, 4, RemoveExtraWhitespaces ? 1 : 0);
            WriteNumber(inner, 5, 1);
        });
    }

    private string? FaultOfPieces()
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        foreach (SentencePiece piece in Pieces)
        {
            if (piece.Text.Length == 0 || float.IsNaN(piece.Score) || !texts.Add(piece.Text))
            {
                return $"piece {texts.Count} '{piece.Text}' is empty, doubled, or has no number for a score.";
            }

            if (piece.Type == SentencePieceType.UserDefined)
            {
                return $"piece '{piece.Text}' is user-defined; only normal, byte, control and unknown pieces, as LLaMA's, are read.";
            }

            if (piece.Type == SentencePieceType.Byte && !IsByteName(piece.Text))
            {
                return $"byte piece '{piece.Text}' is not of the form <0xNN>.";
            }
        }

        int bytes = Pieces.Count(piece => piece.Type == SentencePieceType.Byte);
        return ByteFallback && bytes != 256 ? $"asks for byte pieces, but has {bytes} of 256." : null;
    }

    private static bool IsByteName(string text) =>
        text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) && text[5] == '>'
        && char.IsAsciiHexDigit(text[3]) && char.IsAsciiHexDigit(text[4]);

    private static SentencePiece ParsePiece(ByteString message)
    {
        CodedInputStream input = message.CreateCodedInput();
        var piece = new SentencePiece(string.Empty, 0, SentencePieceType.Normal);
        while (input.ReadTag() is var tag and not 0)
        {
            switch (tag)
            {
                case (1 << 3) | 2: piece = piece with { Text = input.ReadString() }; break;
                case (2 << 3) | 5: piece = piece with { Score = input.ReadFloat() }; break;
                case (3 << 3) | 0: piece = piece with { Type = (SentencePieceType)input.ReadEnum() }; break;
                default: input.SkipLastField(); break;
            }
        }

        return piece;
    }

    private static SentencePieceModel ParseTrainer(ByteString message, SentencePieceModel model)
    {
        CodedInputStream input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            switch (tag)
            {
                case 3 << 3: model = model with { IsBytePair = input.ReadEnum() == 2 }; break;
                case 35 << 3: model = model with { ByteFallback = input.ReadBool() }; break;
                case 41 << 3: model = model with { BeginId = input.ReadInt32() }; break;
                case 42 << 3: model = model with { EndId = input.ReadInt32() }; break;
                default: input.SkipLastField(); break;
            }
        }

        return model;
    }

    private static SentencePieceModel ParseNormalizer(ByteString message, SentencePieceModel model)
    {
        CodedInputStream input = message.CreateCodedInput();
        while (input.ReadTag() is var tag and not 0)
        {
            switch (tag)
            {
                case (2 << 3) | 2: model = model with { HasCharacterMap = !input.ReadBytes().IsEmpty }; break;
                case 3 << 3: model = model with { AddDummyPrefix = input.ReadBool() }; break;
                case 4 << 3: model = model with { RemoveExtraWhitespaces = input.ReadBool() }; break;
                default: input.SkipLastField(); break;
            }
        }

        return model;
    }

    private static void WriteMessage(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        using var buffer = new MemoryStream();
        using (var inner = new CodedOutputStream(buffer, leaveOpen: true))
        {
            write(inner);
        }

        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static void WriteNumber(CodedOutputStream output, int field, int value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt32(value);
    }
}
