using System.Text.Json;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Trust;

/// <summary>What a model's own documents look like to it, by kind: a small file beside its weights (<c>lloco reference</c> measures
/// it). With it, documents are noticed that are none of its own.</summary>
internal sealed record ModelReference
{
    /// <summary>Name of the file in a model's folder.</summary>
    public const string FileName = "reference.json";

    private const int Version = 1;
    private const int MaxBytes = 16 << 20;
    private const double MaxFigure = 1e6;

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
        ArgumentNullException.ThrowIfNull(folder);
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            return null;
        }

        using JsonDocument json = JsonFile.Read(file, MaxBytes);
        var fields = new JsonFields(file, json.RootElement);
        fields.Int("version", Version, Version);
        string fingerprint = fields.Text("fingerprint") ?? throw fields.Fault("fingerprint", "the key is missing");
        try
        {
            JsonFields kinds = fields.Child("kinds") ?? throw fields.Fault("kinds", "the key is missing");
            return new ModelReference
            {
                Fingerprint = ModelFingerprint.Parse(fingerprint),
                Kinds = kinds.Object.EnumerateObject().ToDictionary(
                    kind => kind.Name,
                    kind => Kind(kinds.Child(kind.Name) ?? throw kinds.Fault(kind.Name, "null is no kind")),
                    StringComparer.Ordinal),
            };
        }
        catch (FormatException error)
        {
            throw fields.Fault("fingerprint", error.Message);
        }
    }

    /// <summary>Writes the file, in place of one that is there.</summary>
    /// <param name="folder">The model's folder; must exist.</param>
    public void Write(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        AtomicFile.Write(Path.Combine(folder, FileName), stream =>
        {
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" });
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteString("fingerprint", Fingerprint.ToString());
            writer.WriteStartObject("kinds");
            foreach ((string name, KindReference kind) in Kinds.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                writer.WriteStartObject(name);
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
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

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
