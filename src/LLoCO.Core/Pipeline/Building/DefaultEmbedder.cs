using LLoCO.Core.Retrieval;

namespace LLoCO.Core.Pipeline.Building;

/// <summary>The embedder of a pipeline that names none: a package that brings one writes its type into the application's runtime
/// configuration, so that referencing the package is enough.</summary>
internal static class DefaultEmbedder
{
    /// <summary>The entry of the runtime configuration: an assembly-qualified name.</summary>
    private const string Entry = "LLoCO.DefaultEmbedder";

    /// <summary>Finds the application's embedder.</summary>
    /// <returns>The embedder; <see langword="null"/> if no package brings one.</returns>
    /// <exception cref="LlocoException">The entry names no embedder.</exception>
    public static IPassageEmbedder? Find() => AppContext.GetData(Entry) is string type ? Create(type) : null;

    /// <summary>Creates the embedder that an entry names.</summary>
    /// <param name="type">The type's assembly-qualified name.</param>
    internal static IPassageEmbedder Create(string type) =>
        Type.GetType(type) is { } known && Activator.CreateInstance(known) is IPassageEmbedder embedder
            ? embedder
            : throw new LlocoException(
                $"The runtime configuration names '{type}' as embedder ({Entry}), which is not there or is none. Publish its assembly "
                + "with the application, or set the property LlocoDefaultEmbedder to false in the project file.");
}
