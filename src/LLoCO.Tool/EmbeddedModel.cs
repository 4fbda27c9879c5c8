using LLoCO.Core;
using LLoCO.Models.Tiny;

namespace LLoCO.Tool;

/// <summary>The models of this build, which need no folder of their own.</summary>
internal static class EmbeddedModel
{
    /// <summary>As <c>--model</c>: the model of an open vocabulary.</summary>
    public const string OpenName = "open";

    /// <summary>Finds the model that <c>--model</c> names.</summary>
    /// <param name="model">A folder, or <see cref="OpenName"/>; a folder of that name takes precedence. The default model with
    /// <see langword="null"/>.</param>
    /// <exception cref="LlocoException">This build has none.</exception>
    public static ModelPackage Find(string? model) => model switch
    {
        null => Present(TinyModel.Package),
        OpenName when !Directory.Exists(OpenName) => Present(TinyModel.OpenPackage),
        _ => new ModelPackage(model),
    };

    private static ModelPackage Present(ModelPackage package) => File.Exists(Path.Combine(package.Folder, "config.json"))
        ? package
        : throw new LlocoException("This build holds no embedded model. Name a model folder with --model.");
}
