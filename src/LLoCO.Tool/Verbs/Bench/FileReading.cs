using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>Measures plain reading of files from the disk or the page cache, to compare loading with.</summary>
internal static partial class FileReading
{
    private const int PieceBytes = 1 << 20;
    private const int DropPages = 4;

    /// <summary>Reads files through, several places at once.</summary>
    /// <param name="files">The files.</param>
    /// <returns>The time it took.</returns>
    public static TimeSpan Time(IReadOnlyList<string> files)
    {
        long started = Stopwatch.GetTimestamp();
        foreach (string file in files)
        {
            using SafeFileHandle handle = File.OpenHandle(file);
            long pieces = (RandomAccess.GetLength(handle) + PieceBytes - 1) / PieceBytes;
            var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
            Parallel.For(0L, pieces, options, () => new byte[PieceBytes], (piece, _, buffer) =>
            {
                long offset = piece * PieceBytes;
                for (int read = 1; read > 0 && offset < (piece + 1) * PieceBytes; offset += read)
                {
                    read = RandomAccess.Read(handle, buffer, offset);
                }

                return buffer;
            }, _ => { });
        }

        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Drops files from the page cache, so that the next reader waits for the disk (Linux only).</summary>
    /// <param name="files">The files; written to disk already.</param>
    public static void Forget(IReadOnlyList<string> files)
    {
        foreach (string file in files)
        {
            using SafeFileHandle handle = File.OpenHandle(file);
            if (!OperatingSystem.IsLinux() || Advise((int)handle.DangerousGetHandle(), 0, 0, DropPages) != 0)
            {
                throw new ToolUsageException("--cold: this system does not drop files from its cache when asked.");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(int file, long offset, long length, int advice);
}
