using LLoCO.Core;

namespace LLoCO.Tenants;

/// <summary>Locks between processes, as files that are held open. A process that dies lets go.</summary>
internal static class FolderLock
{
    // A write takes milliseconds, and longer only where SQLite waits for another writer.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>Holds a file together with others that do the same.</summary>
    /// <param name="file">The file, which is made where it is missing.</param>
    /// <returns>The lock, or <see langword="null"/> where somebody holds it alone.</returns>
    public static FileStream? TryShare(string file) => Try(file, FileAccess.Read, FileShare.Read);

    /// <summary>Holds a file alone.</summary>
    /// <param name="file">The file, which is made where it is missing.</param>
    /// <returns>The lock, or <see langword="null"/> where somebody holds it.</returns>
    public static FileStream? TryTake(string file) => Try(file, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Waits until a file can be held alone.</summary>
    /// <param name="file">The file.</param>
    /// <param name="what">What is locked, for the message.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="LlocoException">Another process holds it for a minute.</exception>
    public static async Task<FileStream> TakeAsync(string file, string what, CancellationToken cancellationToken)
    {
        DateTime end = DateTime.UtcNow + Longest;
        for (int pause = 1; ; pause = Math.Min(50, 2 * pause))
        {
            if (TryTake(file) is { } held)
            {
                return held;
            }

            if (DateTime.UtcNow > end)
            {
                throw new LlocoException($"Another process has been writing {what} for a minute. Try again later, or end it.");
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private static FileStream? Try(string file, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, access, share, bufferSize: 0);
        }
        catch (IOException error) when (error is not (DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }
}
