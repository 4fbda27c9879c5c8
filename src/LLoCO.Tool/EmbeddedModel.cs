using LLoCO.Core;
using LLoCO.Models.Tiny;

namespace LLoCO.Tool;

/// <summary>The default model of the verbs.</summary>
internal static class EmbeddedModel
{
    /// <summary>Gets the model.</summary>
    /// <exception cref="LlocoException">This build has none.</exception>
    public static ModelPackage Package => File.Exists(Path.Combine(TinyModel.Package.Folder, "config.json"))
        ? TinyModel.Package
        : throw new LlocoException("This build holds no embedded model. Name a model folder with --model.");
}
