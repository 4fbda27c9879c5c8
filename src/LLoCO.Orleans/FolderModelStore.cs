using System.Text.Json;
using LLoCO.Core;
using LLoCO.Orleans.Storage;

namespace LLoCO.Orleans;

/// <summary>Models as folders of a shared folder, each with a list of its files and their hashes.</summary>
/// <param name="folder">The folder of all models.</param>
public sealed class FolderModelStore(string folder) : IModelStore
{
    private const string List = "files.json";

    /// <summary>Copies a model folder into the store, and then its list: a model without a list is not there yet.</summary>
    /// <param name="model">The name that silos ask for.</param>
    /// <param name="source">The model folder. Folders in it are not copied.</param>
    /// <param name="cancellationToken">Checked for each file.</param>
    /// <returns>The files.</returns>
    /// <exception cref="LlocoException">The name is no name of a folder, the store has the model, or the source has no files.</exception>
    public async Task<IReadOnlyList<ModelFile>> PublishAsync(
        string model, string source, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        string place = PathOf(model);
        if (File.Exists(Path.Combine(place, List)))
        {
            throw new LlocoException($"The store has a model '{model}'. Give this one another name: silos may be reading the other.");
        }

        string[] names = Directory.Exists(source)
            ? [.. Directory.EnumerateFiles(source).Select(path => Path.GetFileName(path)).Where(IsName).Order(StringComparer.Ordinal)]
            : [];
        if (names.Length == 0)
        {
            throw new LlocoException($"The folder '{source}' has no files. Name a model folder.");
        }

        Directory.CreateDirectory(place);
        var files = new List<ModelFile>();
        foreach (string name in names)
        {
            await using FileStream from = OpenRead(Path.Combine(source, name));
            files.Add(await ModelFetch.CopyAsync(from, Path.Combine(place, name), cancellationToken).ConfigureAwait(false));
        }

        SharedFile.Write(Path.Combine(place, List), JsonSerializer.SerializeToUtf8Bytes(files, StoreJson.Options));
        return files;
    }

    /// <inheritdoc/>
    /// <exception cref="LlocoException">The store has no such model, or its list is damaged.</exception>
    public ValueTask<IReadOnlyList<ModelFile>> ListAsync(string model, CancellationToken cancellationToken = default)
    {
        string list = Path.Combine(PathOf(model), List);
        return new ValueTask<IReadOnlyList<ModelFile>>(Task.Run<IReadOnlyList<ModelFile>>(
            () => SharedFile.Find(list) is { } bytes
                && JsonSerializer.Deserialize<ModelFile[]>(bytes, StoreJson.Options) is { } files && Array.TrueForAll(files, file => IsName(file.Name))
                    ? files
                    : throw new LlocoException($"The store has no model '{model}', or its list '{list}' is damaged. Publish it."),
            cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<Stream> OpenAsync(string model, ModelFile file, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        return IsName(file.Name)
            ? new ValueTask<Stream>(OpenRead(Path.Combine(PathOf(model), file.Name)))
            : throw new LlocoException($"'{file.Name}' is no name of a file.");
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 200 && name is not ("." or ".." or List) && name.AsSpan().IndexOfAny('/', '\\', '\0') < 0;

    // The length of pipes and devices is 0, and reading them may never end.
    private static FileStream OpenRead(string path) => new FileInfo(path) is { Exists: true, Length: > 0 }
        ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true)
        : throw new LlocoException($"The file '{path}' does not exist, or is empty.");

    private string PathOf(string model) => Jobs.JobNames.IsValid(model)
        ? Path.Combine(folder, model)
        : throw new LlocoException($"'{model}' is no name of a model: it has 1 to 64 of the characters a-z, 0-9 and '-'.");
}
