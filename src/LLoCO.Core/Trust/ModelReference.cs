using System.Text.Json;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Trust;

/// <summary>What a model's own documents look like to it, by kind: a small file beside its weights (<c>lloco reference</c> measures
/// it). With it, documents are noticed that are none of its own.</summary>
internal sealed record ModelReference
{
    /// <summary>Name of the file in a model's folder.</summary>
    public const string FileName = "reference.json";

    private const double MaxFigure = 1e6;

    private static readonly FingerprintedFile Format = new(FileName, "kinds", maxBytes: 16 << 20, "null is no kind");

    /// <summary>Gets the model that was measured.</summary>
    public required ModelFingerprint Fingerprint { get; init; }

    /// <summary>Gets the kinds by the name of the adapter that reads them.</summary>
    public IReadOnlyDictionary<string, KindReference> Kinds { get; init; } = new Dictionary<string, KindReference>();

    /// <summary>Reads the file of a model folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The reference, or <see langword="null"/> where the folder has none.</returns>
    /// <exception cref="CheckpointFormatException">The file is there but is not what it must be.</exception>
    public static ModelReference? Read(string folder)
    {
        return Format.Read(folder, Kind) is { } read
            ? new ModelReference { Fingerprint = read.Fingerprint, Kinds = read.Entries }
            : null;
    }

    /// <summary>Writes the file, in place of one that is there.</summary>
    /// <param name="folder">The model's folder; must exist.</param>
    public void Write(string folder) => Format.Write(folder, Fingerprint, Kinds, static (writer, kind) =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("documents", kind.Documents);
        Write(writer, "pieces_per_word", kind.PiecesPerWord);
        Write(writer, "loss", kind.Loss);
        Write(writer, "unknown", kind.Unknown);
        writer.WriteBase64String("pieces", kind.Pieces.Span);
        if (kind.Questions is { } questions)
        {
            Write(writer, "questions", questions);
            writer.WriteBase64String("question_pieces", kind.QuestionPieces.Span);
        }

        writer.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter writer, string key, FigureRange range)
    {
        writer.WriteStartObject(key);
        writer.WriteNumber("mean", range.Mean);
        writer.WriteNumber("deviation", range.Deviation);
        writer.WriteEndObject();
    }

    private static KindReference Kind(JsonFields fields)
    {
        byte[] pieces = Bits(fields, "pieces");
        bool asks = fields.Find("questions") is not null;
        return new KindReference(
            fields.Int("documents", 1, int.MaxValue), Range(fields, "pieces_per_word"), Range(fields, "loss"),
            Range(fields, "unknown"), pieces)
        {
            Questions = asks ? Range(fields, "questions") : null,
            QuestionPieces = asks ? Bits(fields, "question_pieces") : default,
        };
    }

    private static byte[] Bits(JsonFields fields, string key)
    {
        try
        {
            return Convert.FromBase64String(fields.Text(key) ?? throw fields.Fault(key, "the key is missing"));
        }
        catch (FormatException)
        {
            throw fields.Fault(key, "is not Base64");
        }
    }

    private static FigureRange Range(JsonFields fields, string key)
    {
        JsonFields range = fields.Child(key) ?? throw fields.Fault(key, "the key is missing");
        return new FigureRange(range.Number("mean", 0, MaxFigure), range.Number("deviation", 0, MaxFigure));
    }
}
