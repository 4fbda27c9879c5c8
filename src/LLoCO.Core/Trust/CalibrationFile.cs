using System.Text.Json;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Trust;

/// <summary>
/// The calibrations of one adapter, or of a base model, beside its weights: <c>calibration.json</c> with the model's fingerprint
/// and one map per kind of context, because answers from summaries have other errors than answers from raw text.
/// </summary>
public sealed record CalibrationFile
{
    /// <summary>Name of the file in an adapter's folder, or a model's for the base model.</summary>
    public const string FileName = "calibration.json";

    private const double MaxSlope = 1e6;

    private static readonly FingerprintedFile Format = new(FileName, "contexts", maxBytes: 1 << 20, "null is no calibration");

    /// <summary>Gets the model whose answers were judged.</summary>
    public required ModelFingerprint Fingerprint { get; init; }

    /// <summary>Gets the maps by context: <c>summary</c>, <c>expanded</c> (summaries with raw passages beside them),
    /// <c>none</c>, <c>truncated</c>, <c>full</c>, <c>passages</c>.</summary>
    public IReadOnlyDictionary<string, CalibrationEntry> Contexts { get; init; } = new Dictionary<string, CalibrationEntry>();

    /// <summary>Reads the file of a folder.</summary>
    /// <param name="folder">The adapter's or the model's folder.</param>
    /// <returns>The calibrations, or <see langword="null"/> if the folder has none.</returns>
    /// <exception cref="CheckpointFormatException">The file is there but is not what it must be.</exception>
    public static CalibrationFile? Read(string folder)
    {
        return Format.Read(folder, Entry) is { } read
            ? new CalibrationFile { Fingerprint = read.Fingerprint, Contexts = read.Entries }
            : null;
    }

    /// <summary>Writes the file, and replaces an existing one.</summary>
    /// <param name="folder">The adapter's or the model's folder; must exist.</param>
    public void Write(string folder) =>
        Format.Write(folder, Fingerprint, Contexts, static (writer, entry) => entry.Write(writer));

    private static CalibrationEntry Entry(JsonFields fields)
    {
        CalibrationMethod method = Named<CalibrationMethod>(fields, "method");
        double[] raw = Numbers(fields, "raw");
        double[] probability = Numbers(fields, "probability");
        bool rises = raw.Zip(raw.Skip(1)).All(pair => pair.First < pair.Second);
        if (method == CalibrationMethod.Isotonic && (raw.Length == 0 || raw.Length != probability.Length || !rises))
        {
            throw fields.Fault("raw", "an isotonic curve needs rising places and as many values");
        }

        return new CalibrationEntry(
            new ConfidenceCalibration(
                method,
                Named<ConfidenceSignal>(fields, "signal"),
                fields.Number("slope", -MaxSlope, MaxSlope, missing: 1),
                fields.Number("offset", -MaxSlope, MaxSlope, missing: 0),
                raw,
                probability),
            fields.Int("questions", 0, int.MaxValue, missing: 0),
            fields.Number("ece_before", 0, 1, missing: 0),
            fields.Number("ece_after", 0, 1, missing: 0));
    }

    private static T Named<T>(JsonFields fields, string key)
        where T : struct, Enum =>
        Enum.TryParse(fields.Text(key), ignoreCase: true, out T value) && Enum.IsDefined(value)
            ? value
            : throw fields.Fault(key, $"must be one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");

    private static double[] Numbers(JsonFields fields, string key)
    {
        if (fields.Find(key) is not { } value)
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Number && one.GetDouble() is >= 0 and <= 1)
            ? [.. value.EnumerateArray().Select(one => one.GetDouble())]
            : throw fields.Fault(key, "is no list of numbers from 0 to 1");
    }
}

/// <summary>A calibration with its measured quality.</summary>
/// <param name="Calibration">The map.</param>
/// <param name="Questions">Questions it was fitted on.</param>
/// <param name="ErrorBefore">Expected calibration error of the raw confidence, on questions that it was not fitted on.</param>
/// <param name="ErrorAfter">The same of the calibrated one.</param>
public sealed record CalibrationEntry(
    ConfidenceCalibration Calibration, int Questions, double ErrorBefore, double ErrorAfter)
{
    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("method", Calibration.Method.ToString().ToLowerInvariant());
        writer.WriteString("signal", Calibration.Signal.ToString().ToLowerInvariant());
        writer.WriteNumber("slope", Calibration.Slope);
        writer.WriteNumber("offset", Calibration.Offset);
        if (Calibration.Method == CalibrationMethod.Isotonic)
        {
            WriteNumbers(writer, "raw", Calibration.Raw);
            WriteNumbers(writer, "probability", Calibration.Probability);
        }

        writer.WriteNumber("questions", Questions);
        writer.WriteNumber("ece_before", ErrorBefore);
        writer.WriteNumber("ece_after", ErrorAfter);
        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string key, IReadOnlyList<double> numbers)
    {
        writer.WriteStartArray(key);
        foreach (double number in numbers)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }
}
