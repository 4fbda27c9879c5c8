using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tokenization;
using LLoCO.Training.Export;
using LLoCO.Training.Probing;

namespace LLoCO.Tool;

/// <summary>Checks each part of a model folder, without loading weights.</summary>
internal sealed class ModelParts
{
    private readonly ModelPackage _model;
    private readonly List<ModelPart> _parts = [];

    private ModelParts(ModelPackage model) => _model = model;

    /// <summary>Gets the configuration; <see langword="null"/> where it is not supported.</summary>
    public LlamaConfig? Config { get; private set; }

    /// <summary>Gets the parts.</summary>
    public IReadOnlyList<ModelPart> All => _parts;

    /// <summary>Gets one sentence for each part that cannot be used.</summary>
    public IReadOnlyList<string> Faults => [.. _parts.Where(part => part.IsSupported == false).Select(part => part.Note)];

    /// <summary>Checks a model.</summary>
    /// <param name="model">The folder.</param>
    /// <param name="tensors">Its weights, opened; <see langword="null"/> where they cannot be.</param>
    /// <param name="fault">Why they cannot be.</param>
    public static ModelParts Check(ModelPackage model, CheckpointFolder? tensors, string? fault)
    {
        var parts = new ModelParts(model);
        ModelPart config = Try("config", () =>
        {
            parts.Config = LlamaConfigFile.Read(Path.Combine(model.Folder, LlamaConfigFile.FileName));
            return LlamaConfigFile.FileName;
        });
        parts._parts.Add(parts.Weights(tensors, fault));
        parts._parts.Add(config);
        parts._parts.Add(Try("tokenizer", () =>
        {
            TokenizerFile.Load(model.Folder, out string file, out _);
            return Path.GetFileName(file);
        }));
        parts._parts.Add(Try("chat template", () =>
            ModelFolderCheck.FindChatTemplate(model.Folder) is { } file ? Path.GetFileName(file) : null));
        parts._parts.Add(parts.Generation());
        parts._parts.Add(Try("adapter", parts.Adapters));
        return parts;
    }

    private ModelPart Weights(CheckpointFolder? tensors, string? fault) => tensors is null
        ? new ModelPart("weights", fault ?? "none", false)
        : Config is { } config
            ? Try("weights", () =>
            {
                ModelFolderCheck.EnsureWeightsFit(tensors, config);
                return string.Join(", ", tensors.Files.Select(file => Path.GetFileName(file)).Take(3))
                    + (tensors.Files.Count > 3 ? $" … ({tensors.Files.Count} files)" : string.Empty);
            })
            : new ModelPart("weights", "not checked: that needs a config that is supported", null);

    private ModelPart Generation() => Config is { } config
        ? Try("generation config", () => ModelFolderCheck.ReadEndTokens(_model.Folder, config) is { Count: > 0 } ends
            ? $"answers end with {string.Join(", ", ends)}"
            : null)
        : new ModelPart("generation config", "not checked: that needs a config that is supported", null);

    private string? Adapters()
    {
        IReadOnlyDictionary<string, string> adapters = _model.FindAdapters();
        foreach (string folder in adapters.Values.Order(StringComparer.Ordinal))
        {
            if (KeyValuePrefixFile.IsOne(folder))
            {
                KeyValuePrefixFile.Read(folder);
            }
            else
            {
                PeftAdapterFolder.Open(folder).Dispose();
            }
        }

        return adapters.Count == 0 ? null : string.Join(", ", adapters.Keys.Order(StringComparer.Ordinal));
    }

    private static ModelPart Try(string name, Func<string?> check)
    {
        try
        {
            return check() is { } note ? new ModelPart(name, note, true) : new ModelPart(name, "none", null);
        }
        catch (Exception error) when (error is LlocoException or FileNotFoundException)
        {
            return new ModelPart(name, error.Message, false);
        }
    }
}
