using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Training;

/// <summary>A stage's folder: the weights so far, the optimizer's moments and the steps taken. Every file is replaced
/// whole.</summary>
internal static class StageCheckpoint
{
    private const string WeightsFile = "model.safetensors";
    private const string StateFile = "optimizer.safetensors";

    /// <summary>Tells whether a folder holds a checkpoint of a run under way or done.</summary>
    internal static bool Exists(string folder) => File.Exists(Path.Combine(folder, StateFile));

    /// <summary>Writes weights, moments and step count into one file each; the moments last, as they make it valid.</summary>
    internal static void Save(string folder, IReadOnlyList<(string Name, Tensor Weight)> weights, AdamWOptimizer optimizer)
    {
        Directory.CreateDirectory(folder);
        WriteTensors(Path.Combine(folder, WeightsFile), weights, null);

        // Moments and weights go into one file as well: whichever moment a kill chooses, this file is one consistent state.
        WriteTensors(
            Path.Combine(folder, StateFile),
            optimizer.Named().Concat(weights.Select(weight => ("weight." + weight.Name, weight.Weight))).ToArray(),
            new Dictionary<string, string> { ["steps"] = JsonSerializer.Serialize(optimizer.Steps) });
    }

    /// <summary>Restores weights, moments and step count.</summary>
    internal static void Restore(string folder, IEnumerable<(string Name, Tensor Weight)> weights, AdamWOptimizer optimizer)
    {
        string path = Path.Combine(folder, StateFile);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Fill(file, path, optimizer.Named());
        Fill(file, path, weights, "weight.");
        optimizer.Steps = long.Parse(file.Metadata["steps"], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Loads the weights of a finished stage as trainable parameters, or not.</summary>
    internal static LlamaWeights LoadModel(string folder, LlamaConfig config)
    {
        string path = Path.Combine(folder, WeightsFile);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return LlamaWeights.Load(file, config, ScalarType.Float32, CPU, path);
    }

    /// <summary>Loads the weights of a finished stage into tensors that exist.</summary>
    internal static void LoadInto(string folder, IEnumerable<(string Name, Tensor Weight)> weights)
    {
        string path = Path.Combine(folder, WeightsFile);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Fill(file, path, weights);
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
