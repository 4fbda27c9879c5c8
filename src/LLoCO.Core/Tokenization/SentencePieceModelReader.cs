using Google.Protobuf;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Tokenization;

/// <summary>Reads a SentencePiece <c>ModelProto</c>; fields that do not affect encoding are skipped.</summary>
internal static class SentencePieceModelReader
{
    /// <summary>Reads a serialized <c>ModelProto</c>.</summary>
    /// <param name="data">The whole file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <returns>The model.</returns>
    /// <exception cref="CheckpointFormatException">The bytes are not such a message, or hold no pieces.</exception>
    public static SentencePieceModel Read(byte[] data, string file)
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
                    case (5 << 3) | 2:
                        model = model with { HasDenormalizer = ParseNormalizer(input.ReadBytes(), model).HasCharacterMap };
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
                case 24 << 3: model = model with { SpacesAreSuffixes = input.ReadBool() }; break;
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
                case 5 << 3: model = model with { EscapesSpaces = input.ReadBool() }; break;
                default: input.SkipLastField(); break;
            }
        }

        return model;
    }
}
