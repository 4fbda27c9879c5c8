using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LLoCO.Core;

namespace LLoCO.Orleans;

/// <summary>Events of jobs as files of a folder that all silos share. Each writer has a file of its own, so two that both believe to be the
/// only one break nothing. A line carries a hash; one that was cut off by a crash is passed over.</summary>
/// <param name="folder">The folder; made with the first job.</param>
public sealed class FolderJobStore(string folder) : IJobStore
{
    private const int HashDigits = 16;
    private const long MaxFile = 1L << 30;
    private const string Closed = "closed";

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListOpenAsync(CancellationToken cancellationToken = default) =>
        ListAsync(path => !File.Exists(Path.Combine(path, Closed)), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default) =>
        ListAsync(_ => true, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ReadAsync(string jobId, CancellationToken cancellationToken = default)
    {
        string place = PathOf(jobId);
        return new ValueTask<IReadOnlyList<string>>(Task.Run<IReadOnlyList<string>>(
            () => [.. Writers(place).SelectMany(writer => Read(FileOf(place, writer)))], cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<(int Writer, IReadOnlyList<string> Lines)> OpenAsync(
        string jobId, CancellationToken cancellationToken = default)
    {
        string place = PathOf(jobId);
        return new ValueTask<(int, IReadOnlyList<string>)>(Task.Run(() => Open(place), cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask<bool> IsLastAsync(string jobId, int writer, CancellationToken cancellationToken = default)
    {
        // Numbers have no gaps, and files of writers are never removed.
        string next = FileOf(PathOf(jobId), writer + 1);
        return new ValueTask<bool>(Task.Run(() => !File.Exists(next), cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(
        string jobId, int writer, IReadOnlyList<string> lines, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lines);
        string place = PathOf(jobId);
        return new ValueTask(Task.Run(
            () =>
            {
                byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"{Hash(line)} {line}\n")));
                using var stream = new FileStream(FileOf(place, writer), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, 1);
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            },
            cancellationToken));
    }

    /// <inheritdoc/>
    public ValueTask MarkAsync(string jobId, bool isClosed, CancellationToken cancellationToken = default)
    {
        string mark = Path.Combine(PathOf(jobId), Closed);
        return new ValueTask(Task.Run(
            () =>
            {
                if (isClosed)
                {
                    Storage.SharedFile.Write(mark, []);
                }
                else
                {
                    File.Delete(mark);
                }
            },
            cancellationToken));
    }

    private static (int Writer, IReadOnlyList<string> Lines) Open(string place)
    {
        Directory.CreateDirectory(place);
        while (true)
        {
            int[] writers = Writers(place);
            int next = (writers.Length == 0 ? 0 : writers[^1]) + 1;
            try
            {
                // The number belongs to whoever makes the file.
                using (new FileStream(FileOf(place, next), FileMode.CreateNew, FileAccess.Write))
                {
                }
            }
            catch (IOException) when (File.Exists(FileOf(place, next)))
            {
                continue;
            }

            return (next, [.. writers.SelectMany(writer => Read(FileOf(place, writer)))]);
        }
    }

    private static int[] Writers(string place) => Directory.Exists(place)
        ? [.. Directory.EnumerateFiles(place, "*.events")
            .Select(file => int.TryParse(Path.GetFileNameWithoutExtension(file), CultureInfo.InvariantCulture, out int one) ? one : 0)
            .Where(writer => writer > 0).Order()]
        : [];

    private static IEnumerable<string> Read(string file)
    {
        if (new FileInfo(file).Length > MaxFile)
        {
            throw new LlocoException($"The file '{file}' has more than {MaxFile} bytes: it holds no events of a job. Remove it.");
        }

        foreach (string line in File.ReadAllLines(file))
        {
            if (line.Length > HashDigits && line[HashDigits] == ' ' && Hash(line[(HashDigits + 1)..]) == line[..HashDigits])
            {
                yield return line[(HashDigits + 1)..];
            }
        }
    }

    private static string Hash(string line) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)))[..HashDigits];

    private static string FileOf(string place, int writer) =>
        Path.Combine(place, writer.ToString("D6", CultureInfo.InvariantCulture) + ".events");

    private string PathOf(string jobId) => Jobs.JobNames.IsValid(jobId)
        ? Path.Combine(folder, jobId)
        : throw new LlocoException($"'{jobId}' is no id of a job: it has 1 to 64 of the characters a-z, 0-9 and '-'.");

    private ValueTask<IReadOnlyList<string>> ListAsync(Func<string, bool> isWanted, CancellationToken cancellationToken) =>
        new(Task.Run<IReadOnlyList<string>>(
            () => Directory.Exists(folder)
                ? [.. Directory.EnumerateDirectories(folder).Where(isWanted).Select(path => Path.GetFileName(path))
                    .Where(Jobs.JobNames.IsValid).Order(StringComparer.Ordinal)]
                : [],
            cancellationToken));
}
