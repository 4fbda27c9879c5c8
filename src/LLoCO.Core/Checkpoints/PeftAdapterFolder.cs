using LLoCO.Core.Families;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// A LoRA adapter as PEFT stores it: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c> or <c>adapter_model.bin</c>
/// (looked for in this order). Safe for concurrent use.
/// </summary>
public sealed class PeftAdapterFolder : IDisposable
{
    /// <summary>Name of the file with the weights.</summary>
    internal const string SafetensorsName = "adapter_model.safetensors";
    private const string BinName = "adapter_model.bin";

    private readonly PeftTargets _targets;

    private PeftAdapterFolder(string path, PeftSettings settings, PeftTensors tensors)
    {
        Path = path;
        Config = settings.Config;
        Scales = settings.Scales;
        _targets = settings.Targets;
        Stored = tensors;
    }

    /// <summary>Gets the folder.</summary>
    public string Path { get; }

    /// <summary>Gets the adapter's settings.</summary>
    public PeftAdapterConfig Config { get; }

    /// <summary>
    /// Gets the weights: for each adapted projection of a layer one <c>…lora_A.weight</c> <c>[r, in]</c> and one
    /// <c>…lora_B.weight</c> <c>[out, r]</c>, and nothing else. Disposed with this folder.
    /// </summary>
    /// <remarks>Names are PEFT's, without the adapter's own name or a wrapper's, which may stand in the file.</remarks>
    public ITensorSource Tensors => Stored;

    /// <summary>Gets the weights with what else the file holds.</summary>
    internal PeftTensors Stored { get; }

    /// <summary>Gets rank and scale of each module.</summary>
    internal PeftModuleScale Scales { get; }

    /// <summary>Opens an adapter folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The opened adapter, to be disposed.</returns>
    /// <exception cref="CheckpointFormatException">A file is missing or damaged, the settings ask for something that would change
    /// numbers and is not supported, or weights are missing, unpaired or of another rank.</exception>
    public static PeftAdapterFolder Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        PeftSettings settings = PeftAdapterConfigFile.Read(System.IO.Path.Combine(folder, PeftAdapterConfigFile.FileName));
        ITensorSource source = OpenWeights(folder, out string file);
        try
        {
            var tensors = new PeftTensors(source, file);
            string[] modules = Check(file, settings, tensors.Tensors);
            return new PeftAdapterFolder(
                folder, settings with { Config = settings.Config with { TargetModules = modules } }, tensors);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes an adapter that <see cref="Open"/> and PEFT read: <c>adapter_model.safetensors</c>, then
    /// <c>adapter_config.json</c>, each through a temporary file.
    /// </summary>
    /// <param name="folder">The folder; made if it is not there. Other files in it stay.</param>
    /// <param name="config">The settings.</param>
    /// <param name="tensors">The weights, named and shaped as <see cref="Tensors"/> describes.</param>
    /// <param name="write">Called once per tensor; passes exactly <see cref="TensorInfo.ByteLength"/> bytes on,
    /// little-endian.</param>
    /// <exception cref="CheckpointFormatException">A setting is out of range, or the weights do not fit the settings.</exception>
    public static void Write(
        string folder, PeftAdapterConfig config, IReadOnlyList<TensorInfo> tensors, Action<TensorInfo, TensorWriter> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(write);
        string file = System.IO.Path.Combine(folder, SafetensorsName);
        TensorOutput.Check(file, tensors);
        PeftSettings settings = PeftAdapterConfigFile.Check(System.IO.Path.Combine(folder, PeftAdapterConfigFile.FileName), config);
        Check(file, settings, tensors.ToDictionary(t => t.Name, StringComparer.Ordinal));
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(file, tensors, write, new Dictionary<string, string> { ["format"] = "pt" });
        AtomicFile.Write(
            System.IO.Path.Combine(folder, PeftAdapterConfigFile.FileName),
            stream => PeftAdapterConfigFile.Write(stream, config));
    }

    /// <summary>Closes the weights.</summary>
    public void Dispose() => Tensors.Dispose();

    /// <summary>Opens the weights of a PEFT folder, of whatever type it is.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="file">The file that holds them.</param>
    internal static ITensorSource OpenWeights(string folder, out string file)
    {
        string safetensors = System.IO.Path.Combine(folder, SafetensorsName);
        string bin = System.IO.Path.Combine(folder, BinName);
        file = File.Exists(safetensors) ? safetensors
            : File.Exists(bin) ? bin
            : throw new CheckpointFormatException(folder, null, $"the folder holds neither {SafetensorsName} nor {BinName}");
        return file == safetensors ? SafetensorsFile.Open(file) : TorchArchive.Open(file);
    }

    /// <summary>Compares weights and settings.</summary>
    /// <returns>The projections that have weights.</returns>
    private static string[] Check(string file, PeftSettings settings, IReadOnlyDictionary<string, TensorInfo> tensors)
    {
        var adapted = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (TensorInfo tensor in tensors.Values)
        {
            if (PeftTensorName.Parse(tensor.Name) is not { } name || !settings.Targets.Include(name.Path))
            {
                throw new CheckpointFormatException(
                    file,
                    tensor.Name,
                    $"the tensor is not LoRA A or B of a module that {PeftAdapterConfigFile.FileName} means (target_modules, "
                    + "exclude_modules, layers_to_transform); PEFT would leave it out");
            }

            if (!tensors.ContainsKey(name.Partner.ToString()))
            {
                throw new CheckpointFormatException(
                    file, name.Partner.ToString(), $"the tensor is missing, while '{tensor.Name}' is there");
            }

            int rank = settings.Scales.RankOf(name.Path);
            if (!tensor.ElementType.IsFloat() || tensor.Shape.Count != 2 || tensor.Shape[name.IsB ? 1 : 0] != rank)
            {
                throw new CheckpointFormatException(
                    file,
                    tensor.Name,
                    $"{tensor.ElementType} {ElementTypes.Show(tensor.Shape)} is not a matrix of rank r = {rank}");
            }

            adapted[name.Path] = name.Module;
        }

        EnsureComplete(file, settings.Targets, Layout(adapted.Values), adapted.Keys);
        return adapted.Count > 0
            ? settings.Targets.Order(PeftTensorName.Modules.Where(adapted.ContainsValue))
            : throw new CheckpointFormatException(file, null, "the file holds no LoRA weights");
    }

    /// <summary>Compares the settings with the modules of a model: one that they name, and that the model has, must have
    /// weights.</summary>
    /// <param name="modules">The model's modules, such as <c>self_attn.q_proj</c>.</param>
    /// <exception cref="CheckpointFormatException">A module has none.</exception>
    internal void EnsureComplete(IEnumerable<string> modules) => EnsureComplete(
        Path, _targets, modules, [.. Tensors.Tensors.Keys.Select(name => PeftTensorName.Parse(name)!.Value.Path)]);

    private static void EnsureComplete(
        string file, PeftTargets targets, IEnumerable<string> modules, IReadOnlyCollection<string> adapted)
    {
        if (targets.FindWithoutWeights(modules, adapted) is { } missing)
        {
            throw new CheckpointFormatException(
                file, missing, "the module is among target_modules, but there are no weights for it");
        }
    }

    /// <summary>The modules that a model with the adapted ones has in any case: q_proj, k_proj and v_proj may be one.</summary>
    private static IEnumerable<string> Layout(IReadOnlyCollection<string> adapted)
    {
        if (adapted.Count == 0)
        {
            return LayerTable.ModuleNames();
        }

        string[][] layouts = [.. LayerTable.ModuleLayouts().Select(modules => modules.ToArray())];
        string[][] possible = Array.FindAll(
            layouts, modules => adapted.All(module => modules.Any(known => known.EndsWith($".{module}", StringComparison.Ordinal))));
        return (possible.Length == 0 ? layouts : possible).Aggregate<IEnumerable<string>>((left, right) => left.Intersect(right));
    }
}
