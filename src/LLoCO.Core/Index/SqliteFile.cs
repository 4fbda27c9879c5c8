using System.Runtime.InteropServices;
using LLoCO.Core.Checkpoints;
using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>File-system questions about an index file.</summary>
internal static partial class SqliteFile
{
    // SQLITE_FCNTL_HAS_MOVED, https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html
    private const int AskWhetherMoved = 20;

    /// <summary>Describes how a file is opened.</summary>
    /// <param name="full">The full path.</param>
    /// <param name="options">How long to wait.</param>
    /// <param name="readOnly">Whether its folder cannot be written. The files of a write-ahead log are then impossible, so SQLite
    /// is told that the file does not change.</param>
    /// <returns>The connection string.</returns>
    /// <exception cref="LlocoException">It is read-only and is empty, or has a write-ahead log that was never merged.</exception>
    public static string ConnectionString(string full, SqliteIndexOptions options, bool readOnly)
    {
        if (readOnly && new FileInfo(full + "-wal") is { Exists: true, Length: > 0 })
        {
            throw new LlocoException(
                $"The index {full} is opened for reading only, but its last writer did not close it: changes lie in {full}-wal. "
                + "Copy both files to a place that can be written and open the index there once.");
        }

        if (readOnly && File.Exists(full) && !FileContent.Exists(full))
        {
            // To open a pipe for reading waits until someone writes to it.
            throw new LlocoException($"The index {full} is empty, or no file but a pipe or a device. Give an index file.");
        }

        return new SqliteConnectionStringBuilder
        {
            DataSource = readOnly ? Uri(full) : full,
            Mode = readOnly ? SqliteOpenMode.ReadOnly : SqliteOpenMode.ReadWrite,
            DefaultTimeout = (int)Math.Ceiling(options.BusyTimeout.TotalSeconds),
            ForeignKeys = true,
        }.ToString();
    }

    /// <summary>Tells whether the file that a connection writes to is no longer the one at its path.</summary>
    /// <param name="connection">An open connection.</param>
    /// <returns>Whether it was removed or replaced. Windows does not allow this.</returns>
    public static bool HasMoved(SqliteConnection connection)
    {
        int moved = 0;
        nint handle = connection.Handle?.DangerousGetHandle() ?? 0;
        return handle != 0 && Control(handle, 0, AskWhetherMoved, ref moved) == 0 && moved != 0;
    }

    private static string Uri(string full)
    {
        string path = string.Join('/', full.Replace('\\', '/').Split('/').Select(System.Uri.EscapeDataString));
        return $"file://{(path.StartsWith('/') ? string.Empty : "/")}{path}?immutable=1";
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    private static partial int Control(nint connection, nint database, int operation, ref int result);
}
