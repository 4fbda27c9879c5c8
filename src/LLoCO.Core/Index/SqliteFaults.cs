using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>Turns faults of an index file into messages that say what is wrong and what to do.</summary>
internal static class SqliteFaults
{
    // Primary result codes, https://www.sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    private const string DamagedFile = "is damaged. Restore it from a copy, or move it away and ingest the documents again";

    /// <summary>Checks whether a file could not be opened for writing but may still be opened for reading.</summary>
    /// <param name="error">SQLite's error.</param>
    /// <returns>Whether to try.</returns>
    public static bool IsNotWritable(SqliteException error) => error.SqliteErrorCode is ReadOnly or CannotOpen;

    /// <summary>Checks the path of an index file.</summary>
    /// <param name="path">The path as given.</param>
    /// <param name="mayCreate">Whether a missing file is created.</param>
    /// <returns>The full path.</returns>
    /// <exception cref="LlocoException">There is no such file or folder, or the path is a folder.</exception>
    public static string CheckPath(string path, bool mayCreate)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new LlocoException($"The index path {full} is a folder. Give the path of a file in it.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(full)))
        {
            throw new LlocoException($"The index {full} cannot be opened: its folder does not exist. Create the folder first.");
        }

        return mayCreate || File.Exists(full)
            ? full
            : throw new LlocoException($"There is no index {full}. Ingest documents into it first, or correct the path.");
    }

    /// <summary>The error for a file that was moved or removed after it was opened.</summary>
    /// <param name="path">The index file.</param>
    /// <returns>The error to throw.</returns>
    public static LlocoException Gone(string path) => new(
        $"The index {path} was removed or replaced while it was open. What was written since then is lost; ingest the documents "
        + "again.");

    /// <summary>The error for a call that writes to a read-only index.</summary>
    /// <param name="path">The index file.</param>
    /// <returns>The error to throw.</returns>
    public static LlocoException OnlyRead(string path) => new(
        $"The index {path} is opened for reading only: that was asked for, or the file or its folder cannot be written. Copy it to "
        + "a place where it can be, or change its permissions.");

    /// <summary>Turns SQLite's error into one that names the file and the remedy.</summary>
    /// <param name="error">SQLite's error.</param>
    /// <param name="path">The index file.</param>
    /// <returns>The error to throw.</returns>
    public static LlocoException Explain(SqliteException error, string path)
    {
        string fault = error.SqliteErrorCode switch
        {
            NotADatabase => "is not a SQLite file. Give another path, or move the file away to start a new index",
            Corrupt => DamagedFile,
            Busy or Locked => "is being written by another process. Try again when that has ended",
            Full => "cannot grow: the disk is full. Nothing of this call was kept; free space and try again",
            ReadOnly => "cannot be written: the file or its folder is read-only. Change its permissions or copy it elsewhere",
            CannotOpen => "cannot be opened. Check the permissions of the file and of its folder",
            InputOutput => "cannot be read or written: the disk reports an error",
            _ => "could not be used; if the file came from elsewhere it may be damaged: restore it or ingest again",
        };
        return new LlocoException($"The index {path} {fault}. ({error.Message})", error);
    }

    /// <summary>The error for a file with values that no version of this library writes.</summary>
    /// <param name="path">The index file.</param>
    /// <param name="error">The error of reading them.</param>
    /// <returns>The error to throw.</returns>
    public static LlocoException Damaged(string path, Exception error) =>
        new($"The index {path} {DamagedFile}. ({error.Message})", error);

    /// <summary>The error for a document with content that no version of this library writes.</summary>
    /// <param name="documentId">The document it belongs to.</param>
    /// <param name="fault">What is wrong.</param>
    /// <param name="innerException">The cause, if another error led here.</param>
    /// <returns>The error to throw.</returns>
    public static LlocoException Damaged(string documentId, string fault, Exception? innerException = null) =>
        new($"The index's entry of document '{documentId}' is damaged: {fault}. Delete the document and ingest it again, "
            + "or where that fails ingest into a new file.",
            innerException);
}
