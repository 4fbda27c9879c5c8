using System.ComponentModel.DataAnnotations;

namespace LLoCO.Core.Index;

/// <summary>How an index file is opened.</summary>
public sealed class SqliteIndexOptions
{
    /// <summary>Gets whether a file that is not there is made.</summary>
    /// <value><see langword="true"/> by default.</value>
    /// <remarks>Set it to <see langword="false"/> where only questions are asked: a mistyped path is then an error instead of an
    /// empty index.</remarks>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>Gets how long a call waits while another process writes to the file.</summary>
    /// <value>30 seconds by default; rounded up to whole seconds.</value>
    /// <remarks>Writers of this process wait for each other without a limit, in the order of their calls.</remarks>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
