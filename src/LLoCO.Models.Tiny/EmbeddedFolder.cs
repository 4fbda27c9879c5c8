using System.Security.Cryptography;
using System.Text;
using LLoCO.Core;

namespace LLoCO.Models.Tiny;

/// <summary>Files inside an assembly, laid out on disk, since weights are read from files at any offset.</summary>
internal static class EmbeddedFolder
{
    /// <summary>Writes the files, unless they are there.</summary>
    /// <param name="files">Relative path, with forward slashes, to content.</param>
    /// <param name="name">What the files are, for the folder's name.</param>
    /// <param name="roots">Folders to write below; the first that can be written is taken.</param>
    /// <param name="hashes">SHA-256 of each file, where it is known; computed otherwise.</param>
    /// <returns>The folder that holds the files: a folder of the first root, named by their hash.</returns>
    /// <exception cref="LlocoException">No root can be written.</exception>
    public static string Unpack(
        IReadOnlyDictionary<string, Func<Stream>> files, string name, IReadOnlyList<string> roots,
        IReadOnlyDictionary<string, byte[]>? hashes = null)
    {
        string folderName = $"{name}-{Hash(files, hashes)[..16]}";
        var faults = new List<Exception>();
        foreach (string root in roots)
        {
            string folder = Path.Combine(root, folderName);
            try
            {
                if (!IsComplete(files, folder))
                {
                    Write(files, folder);
                }

                return folder;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                faults.Add(fault);
            }
        }

        throw new LlocoException(
            $"The files of the model '{name}' could not be written to {string.Join(" or ", roots)}. Make one of these folders "
            + "writable. The reason given: " + string.Join(" ", faults.Select(fault => fault.Message)),
            faults.FirstOrDefault());
    }

    private static bool IsComplete(IReadOnlyDictionary<string, Func<Stream>> files, string folder) =>
        files.All(file =>
        {
            using Stream content = file.Value();
            var onDisk = new FileInfo(Path.Combine(folder, file.Key));
            return onDisk.Exists && onDisk.Length == content.Length;
        });

    /// <summary>Each file becomes visible whole or not at all, so two processes may do this at the same time.</summary>
    private static void Write(IReadOnlyDictionary<string, Func<Stream>> files, string folder)
    {
        foreach ((string path, Func<Stream> open) in files)
        {
            string file = Path.Combine(folder, path);
            string unfinished = $"{file}.{Guid.NewGuid():N}.tmp";
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            try
            {
                using (Stream content = open())
                using (FileStream written = File.Create(unfinished))
                {
                    content.CopyTo(written);
                    written.Flush(flushToDisk: true);
                }

                File.Move(unfinished, file, overwrite: true);
            }
            finally
            {
                File.Delete(unfinished);
            }
        }
    }

    private static string Hash(IReadOnlyDictionary<string, Func<Stream>> files, IReadOnlyDictionary<string, byte[]>? hashes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string path, Func<Stream> open) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            using Stream content = open();
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\n{content.Length}\n"));
            hash.AppendData(hashes is null ? SHA256.HashData(content) : hashes[path]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
