using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Training;

/*
 *   OUT/                    the result, when the run has ended
 *   OUT/training/state.safetensors   weights, moments, step count, and the note below: one consistent state
 *   OUT/training/metrics.jsonl       one line per step, one per validation
 */

/// <summary>The files that a training run keeps beside its result: its state, to continue from, and metrics.</summary>
internal sealed class TrainingFolder
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private const int MaxLine = 1 << 20;

    private readonly string _metrics;

    /// <summary>Makes the folder.</summary>
    /// <param name="result">The folder of the result.</param>
    /// <exception cref="LlocoException">It is a file.</exception>
    internal TrainingFolder(string result)
    {
        if (File.Exists(result))
        {
            throw new LlocoException($"'{result}' is a file. Name a folder for the result.");
        }

        string folder = Path.Combine(result, TrainingFiles.Folder);
        Directory.CreateDirectory(folder);
        StateFile = Path.Combine(folder, TrainingFiles.State);
        _metrics = Path.Combine(folder, TrainingFiles.Metrics);
    }

    /// <summary>Gets the file of the run's state.</summary>
    internal string StateFile { get; }

    /// <summary>Finds the state of a run that was interrupted, or has ended.</summary>
    /// <returns>Its steps and note, or <see langword="null"/> where there is none.</returns>
    internal (long Steps, TrainingNote Note)? Find()
    {
        if (!File.Exists(StateFile))
        {
            return null;
        }

        (long steps, string note) = StageCheckpoint.ReadNote(StateFile);
        try
        {
            return (steps, JsonSerializer.Deserialize<TrainingNote>(note, Json)
                ?? throw new CheckpointFormatException(StateFile, "note", "the note of the run is null."));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new CheckpointFormatException(StateFile, "note", $"the note of the run cannot be read: {JsonFaults.Describe(error)}.", error);
        }
    }

    /// <summary>Writes a note as <see cref="Find"/> reads it.</summary>
    internal static string ToText(TrainingNote note) => JsonSerializer.Serialize(note, Json);

    /// <summary>Drops the metrics of steps after the state, because they will be repeated.</summary>
    /// <param name="steps">The last step to keep.</param>
    internal void KeepMetrics(long steps)
    {
        if (!File.Exists(_metrics) || !TextFile.HasContent(_metrics))
        {
            return;
        }

        byte[][] kept;
        using (FileStream stream = File.OpenRead(_metrics))
        {
            kept = [.. ByteLines.Read(stream, _metrics, MaxLine).Select(line => line.Bytes)
                .Where(line => StepOf(line) is { } step && step <= steps)];
        }

        AtomicFile.Write(_metrics, stream =>
        {
            foreach (byte[] line in kept)
            {
                stream.Write(line);
                stream.WriteByte((byte)'\n');
            }
        });
    }

    /// <summary>Adds a line to the metrics.</summary>
    internal void Append(object line) => File.AppendAllText(_metrics, JsonSerializer.Serialize(line, Json) + "\n");

    /// <summary>The step of a line; none if a kill left the line incomplete.</summary>
    private static long? StepOf(byte[] line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            return json.RootElement.GetProperty("step").TryGetInt64(out long step) ? step : null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>Names of the files that a training run keeps in the folder of its result.</summary>
public static class TrainingFiles
{
    /// <summary>The folder within the result's.</summary>
    public const string Folder = "training";

    /// <summary>The state to continue from.</summary>
    public const string State = "state.safetensors";

    /// <summary>The metrics, JSON lines: <c>{"step", "epoch", "loss", "learning_rate", "tokens", "seconds"}</c> per step and
    /// <c>{"step", "validation_loss", "validation_exact", "validation_metric"}</c> per validation.</summary>
    public const string Metrics = "metrics.jsonl";
}

/// <summary>What a run keeps beside its tensors.</summary>
/// <param name="Settings">Hash of options, data and model: a run goes on with the same ones only.</param>
/// <param name="BestStep">The step whose weights are kept.</param>
/// <param name="Best">Their validation.</param>
/// <param name="SinceBest">Validations since then.</param>
/// <param name="Loss">Loss of the last step.</param>
/// <param name="Ended">Whether the run has ended, early or not.</param>
internal sealed record TrainingNote(
    string Settings, long BestStep = 0, TrainingValidation? Best = null, int SinceBest = 0, double Loss = 0, bool Ended = false);
