using System.Security.Cryptography;
using LLoCO.Core;

namespace LLoCO.Orleans;

/// <summary>Brings models from a store to a folder of this machine.</summary>
public static class ModelFetch
{
    /// <summary>Fetches a model, unless the folder has it. Every file is checked by its hash, also one that was there before.</summary>
    /// <param name="store">The store.</param>
    /// <param name="model">The model's name there.</param>
    /// <param name="folder">Where it goes; a folder with its name is made in it. Several processes may fetch at the same time.</param>
    /// <param name="cancellationToken">Checked while files are copied; whole files stay.</param>
    /// <returns>The model folder.</returns>
    /// <exception cref="LlocoException">The store has no such model, or a file is not what its list says; the message names it.</exception>
    public static async Task<string> FetchAsync(
        IModelStore store, string model, string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        IReadOnlyList<ModelFile> files = await store.ListAsync(model, cancellationToken).ConfigureAwait(false);
        string place = Path.Combine(folder, model);
        Directory.CreateDirectory(place);
        foreach (ModelFile file in files)
        {
            string path = Path.Combine(place, file.Name);
            if (await IsThereAsync(path, file, cancellationToken).ConfigureAwait(false))
            {
                continue;
            }

            string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
            try
            {
                await using Stream from = await store.OpenAsync(model, file, cancellationToken).ConfigureAwait(false);
                ModelFile made = await CopyAsync(from, temporary, cancellationToken).ConfigureAwait(false);
                if (made.Hash != file.Hash)
                {
                    throw new LlocoException($"The file '{file.Name}' of the model '{model}' has the hash {made.Hash}, but its list says "
                        + $"{file.Hash}: it is damaged, or another one. Publish the model again, under another name.");
                }

                File.Move(temporary, path, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }
        }

        return place;
    }

    /// <summary>Copies bytes to a file, flushes it and computes its hash.</summary>
    /// <param name="from">The bytes.</param>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Cancels the copying.</param>
    internal static async Task<ModelFile> CopyAsync(Stream from, string path, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 20];
        await using var to = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1, useAsync: true);
        while (await from.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }

        to.Flush(flushToDisk: true);
        return new ModelFile(Path.GetFileName(path), to.Length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static async Task<bool> IsThereAsync(string path, ModelFile file, CancellationToken cancellationToken)
    {
        if (new FileInfo(path) is not { Exists: true } found || found.Length != file.Length)
        {
            return false;
        }

        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false)) == file.Hash;
    }
}
