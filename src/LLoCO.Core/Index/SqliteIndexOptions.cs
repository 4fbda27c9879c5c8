using System.ComponentModel.DataAnnotations;

namespace LLoCO.Core.Index;

/// <summary>How an index file is opened.</summary>
public sealed class SqliteIndexOptions
{
    /// <summary>Gets whether a missing file is created.</summary>
    /// <value><see langword="true"/> by default.</value>
    /// <remarks>Set it to <see langword="false"/> if you only ask questions: a mistyped path is then an error instead of an empty
    /// index.</remarks>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>Gets whether the file is opened read-only. Then no file is written beside it either.</summary>
    /// <value><see langword="false"/> by default; a file that cannot be written is opened read-only in any case.</value>
    /// <remarks>The file must not change while it is open for reading only, and must have been closed by its last writer: a
    /// <c>-wal</c> file with changes beside it is an error.</remarks>
    public bool ReadOnly { get; init; }

    /// <summary>Gets how long a call waits while another process writes to the file.</summary>
    /// <value>30 seconds by default; rounded up to whole seconds.</value>
    /// <remarks>Writers of this process wait for each other without a limit, in the order of their calls.</remarks>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
