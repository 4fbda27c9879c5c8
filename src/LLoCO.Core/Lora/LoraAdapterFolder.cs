using System.Text;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Lora;

/// <summary>
/// Adapters on disk: a PEFT folder as PEFT writes and reads it, and beside it one line that says which model's summary
/// embeddings the adapter learned to read (<see cref="ModelFingerprint"/>).
/// </summary>
internal static class LoraAdapterFolder
{
    /// <summary>Name of the file with the fingerprint; adapters made elsewhere have none.</summary>
    internal const string FingerprintFile = "lloco_fingerprint.txt";

    private const int MaxFingerprintBytes = 4096;

    /// <summary>Loads an adapter.</summary>
    /// <param name="folder">The PEFT folder.</param>
    /// <param name="name">The name under which requests ask for it.</param>
    /// <param name="config">The model's shape; every weight is checked against it.</param>
    /// <param name="device">Where the model is.</param>
    /// <param name="fingerprint">The model's fingerprint; compared where the folder carries one.</param>
    /// <param name="baseWeight">Gives a weight of the model by its name, to compare with embeddings in the folder; may be
    /// <see langword="null"/>.</param>
    /// <exception cref="CheckpointFormatException">A file is damaged or does not fit the model.</exception>
    /// <exception cref="FingerprintMismatchException">The adapter was trained for another model.</exception>
    internal static LoraAdapter Load(
        string folder, string name, LlamaConfig config, Device device, ModelFingerprint? fingerprint = null,
        Func<string, Tensor?>? baseWeight = null)
    {
        using PeftAdapterFolder peft = Open(folder, name, fingerprint);
        SavedEmbeddings.EnsureBase(peft, baseWeight);
        return new LoraPairReader(peft, config, device).Read(name);
    }

    /// <summary>Judges an adapter by all but its numbers: fingerprint, settings, names and shapes of its weights.</summary>
    /// <inheritdoc cref="Load"/>
    internal static void Check(string folder, string name, LlamaConfig config, ModelFingerprint fingerprint)
    {
        using PeftAdapterFolder peft = Open(folder, name, fingerprint);
        new LoraPairReader(peft, config, LazyTensor.Cpu).Check();
    }

    /// <summary>Refuses a PEFT folder whose fingerprint is another model's.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The adapter's name, for the message.</param>
    /// <param name="fingerprint">The model's fingerprint.</param>
    /// <exception cref="FingerprintMismatchException">The adapter was made for another model.</exception>
    internal static void EnsureMade(string folder, string name, ModelFingerprint fingerprint)
    {
        if (ReadFingerprint(folder) is { } found)
        {
            fingerprint.EnsureMatches(found, $"adapter '{name}' ({folder})");
        }
    }

    private static PeftAdapterFolder Open(string folder, string name, ModelFingerprint? fingerprint)
    {
        if (fingerprint is not null)
        {
            EnsureMade(folder, name, fingerprint);
        }

        return PeftAdapterFolder.Open(folder);
    }

    /// <summary>Writes an adapter: the PEFT files first, then the fingerprint.</summary>
    /// <param name="folder">The folder; made if it is not there.</param>
    /// <param name="adapter">The adapter; its dropout is written, as training needs it.</param>
    /// <param name="baseModel">Name of the model it belongs to, for readers.</param>
    /// <param name="fingerprint">What the summary embeddings carry that it learned to read.</param>
    internal static void Save(string folder, LoraAdapter adapter, string? baseModel, ModelFingerprint fingerprint)
    {
        Dictionary<string, Tensor> weights = adapter.Named().ToDictionary(entry => entry.Name, entry => entry.Weight);
        var config = new PeftAdapterConfig
        {
            Rank = adapter.Rank,
            Alpha = adapter.Alpha,
            Dropout = adapter.Dropout,
            TargetModules = [.. adapter.Modules().Select(entry => entry.Module.Split('.')[^1]).Distinct()],
            BaseModel = baseModel,
        };
        PeftAdapterFolder.Write(
            folder,
            config,
            [.. weights.Select(entry => TensorLoader.Describe(entry.Key, entry.Value))],
            (info, destination) => TensorLoader.Write(weights[info.Name], destination));
        AtomicFile.Write(Path.Combine(folder, FingerprintFile), stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            writer.WriteLine(fingerprint.ToString());
        });
    }

    /// <summary>Reads which model an adapter belongs to; <see langword="null"/> where the folder does not say.</summary>
    internal static ModelFingerprint? ReadFingerprint(string folder)
    {
        string file = Path.Combine(folder, FingerprintFile);
        if (!File.Exists(file))
        {
            return null;
        }

        using BinaryFile opened = BinaryFile.Open(file);
        if (opened.Length > MaxFingerprintBytes)
        {
            throw new CheckpointFormatException(file, null, "is too long for a fingerprint.");
        }

        try
        {
            return ModelFingerprint.Parse(Encoding.UTF8.GetString(opened.Read(0, (int)opened.Length, null)).Trim());
        }
        catch (FormatException error)
        {
            throw new CheckpointFormatException(file, null, error.Message, error);
        }
    }
}
