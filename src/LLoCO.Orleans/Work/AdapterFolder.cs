using LLoCO.Core;

namespace LLoCO.Orleans.Work;

/// <summary>Where the adapters of groups are in the shared folder.</summary>
internal static class AdapterFolder
{
    /// <summary>Finds the place of an adapter.</summary>
    /// <param name="options">The shared folder.</param>
    /// <param name="group">The group.</param>
    /// <exception cref="LlocoException">The group cannot be the name of a folder.</exception>
    public static string PathOf(ClusterOptions options, string group) =>
        group.Length is > 0 and <= 200 && group is not ("." or "..") && group.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) < 0
            ? Path.Combine(options.Folder!, "adapters", group)
            : throw new LlocoException($"The group '{group}' cannot be the name of a folder. Give it another name.");
}
