using System.Globalization;
using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>A stage's folder: the weights so far, the optimizer's moments and the steps taken. Every file is replaced
/// whole.</summary>
internal static class StageCheckpoint
{
    private const string WeightsFile = "model.safetensors";
    private const string StateFile = "optimizer.safetensors";
    private const string StepsKey = "steps";
    private const string NoteKey = "note";

    /// <summary>Checks whether a folder has a checkpoint of a running or finished stage.</summary>
    internal static bool Exists(string folder) => File.Exists(Path.Combine(folder, StateFile));

    /// <summary>Writes weights, moments and step count into one file each; the moments last, as they make it valid.</summary>
    internal static void Save(string folder, IReadOnlyList<(string Name, Tensor Weight)> weights, AdamWOptimizer optimizer)
    {
        Directory.CreateDirectory(folder);
        WriteTensors(Path.Combine(folder, WeightsFile), weights, null);

        // Moments and weights are also written to one file, which is consistent even if the process is killed.
        SaveState(Path.Combine(folder, StateFile), weights, optimizer);
    }

    /// <summary>Writes weights, moments and step count into one file.</summary>
    /// <param name="path">The file; replaced whole.</param>
    /// <param name="weights">The weights, and all other tensors that the run must keep.</param>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="note">What the run keeps beside numbers.</param>
    internal static void SaveState(
        string path, IEnumerable<(string Name, Tensor Weight)> weights, AdamWOptimizer optimizer, string note = "")
    {
        WriteTensors(
            path,
            optimizer.Named().Concat(weights.Select(weight => ("weight." + weight.Name, weight.Weight))).ToArray(),
            new Dictionary<string, string> { [StepsKey] = JsonSerializer.Serialize(optimizer.Steps), [NoteKey] = note });
    }

    /// <summary>Restores what <see cref="SaveState"/> wrote.</summary>
    internal static void RestoreState(
        string path, IEnumerable<(string Name, Tensor Weight)> weights, AdamWOptimizer optimizer)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Fill(file, path, optimizer.Named());
        Fill(file, path, weights, "weight.");
        optimizer.Steps = Steps(file, path);
    }

    /// <summary>Reads the step count and the note of a file that <see cref="SaveState"/> wrote.</summary>
    internal static (long Steps, string Note) ReadNote(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return (Steps(file, path), file.Metadata.GetValueOrDefault(NoteKey, string.Empty));
    }

    /// <summary>Restores weights, moments and step count.</summary>
    internal static void Restore(string folder, IEnumerable<(string Name, Tensor Weight)> weights, AdamWOptimizer optimizer) =>
        RestoreState(Path.Combine(folder, StateFile), weights, optimizer);

    /// <summary>Loads the weights of a finished stage.</summary>
    /// <param name="folder">The stage's folder.</param>
    /// <param name="config">The model's shape.</param>
    /// <param name="type">The format to keep them in; float32 by default.</param>
    /// <param name="device">Where to keep them; the CPU by default.</param>
    /// <param name="besides">A tensor that was trained beside the model and may be there too; it is left alone.</param>
    internal static LlamaWeights LoadModel(
        string folder, LlamaConfig config, ScalarType type = ScalarType.Float32, Device? device = null, string? besides = null)
    {
        string path = Path.Combine(folder, WeightsFile);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return LlamaWeights.Load(file, config, type, device ?? CPU, path, besides: besides);
    }

    /// <summary>Loads the weights of a finished stage into tensors that exist.</summary>
    internal static void LoadInto(string folder, IEnumerable<(string Name, Tensor Weight)> weights)
    {
        string path = Path.Combine(folder, WeightsFile);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Fill(file, path, weights);
    }

    /// <summary>Tells whether a finished stage has a tensor of a name.</summary>
    internal static bool Has(string folder, string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsFile));
        return file.Tensors.ContainsKey(name);
    }

    /// <summary>Writes tensors to a safetensors file.</summary>
    internal static void WriteTensors(
        string path, IReadOnlyList<(string Name, Tensor Weight)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        Dictionary<string, Tensor> byName = tensors.ToDictionary(entry => entry.Name, entry => entry.Weight);
        SafetensorsWriter.Write(
            path,
            tensors.Select(entry => TensorLoader.Describe(entry.Name, entry.Weight)).ToArray(),
            (info, destination) => TensorLoader.Write(byName[info.Name], destination),
            metadata);
    }

    private static long Steps(SafetensorsFile file, string path) =>
        long.TryParse(file.Metadata.GetValueOrDefault(StepsKey), CultureInfo.InvariantCulture, out long steps) && steps >= 0
            ? steps
            : throw new CheckpointFormatException(path, StepsKey, "the step count of the run is missing.");

    private static void Fill(
        SafetensorsFile file, string path, IEnumerable<(string Name, Tensor Weight)> targets, string prefix = "")
    {
        using IDisposable guard = no_grad();
        foreach ((string name, Tensor target) in targets)
        {
            using Tensor stored = TensorLoader.Load(file, prefix + name, target.shape, target.dtype, target.device, path);
            target.copy_(stored);
        }
    }
}
