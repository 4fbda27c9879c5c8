using Google.Protobuf;
using LLoCO.Core.Tokenization;

namespace LLoCO.Training.Tokenization;

/// <summary>Writes a SentencePiece <c>ModelProto</c>.</summary>
internal static class SentencePieceModelWriter
{
    /// <summary>Writes a BPE model with the fields that both google/sentencepiece and Microsoft.ML.Tokenizers ask for.</summary>
    /// <param name="model">The model.</param>
    /// <param name="destination">Where to; stays open.</param>
    public static void Write(SentencePieceModel model, Stream destination)
    {
        using var output = new CodedOutputStream(destination, leaveOpen: true);
        foreach (SentencePiece piece in model.Pieces)
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

        WriteTrainer(output, model);
        WriteNormalizer(output, model);
    }

    private static void WriteTrainer(CodedOutputStream output, SentencePieceModel model) => WriteMessage(output, 2, inner =>
    {
        WriteNumber(inner, 3, model.IsBytePair ? 2 : 1);
        WriteNumber(inner, 4, model.Pieces.Count);
        WriteNumber(inner, 25, 1); // split_digits
        WriteNumber(inner, 35, model.ByteFallback ? 1 : 0);
        WriteNumber(inner, 40, 0);
        WriteNumber(inner, 41, model.BeginId);
        WriteNumber(inner, 42, model.EndId);
        WriteNumber(inner, 43, -1);
    });

    private static void WriteNormalizer(CodedOutputStream output, SentencePieceModel model) => WriteMessage(output, 3, inner =>
    {
        inner.WriteTag(1, WireFormat.WireType.LengthDelimited);
        inner.WriteString("identity");
        WriteNumber(inner, 3, model.AddDummyPrefix ? 1 : 0);
        WriteNumber(inner, 4, model.RemoveExtraWhitespaces ? 1 : 0);
        WriteNumber(inner, 5, 1);
    });

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
