using System.ComponentModel.DataAnnotations;

namespace LLoCO.Postgres;

/// <summary>How an index in PostgreSQL is opened.</summary>
public sealed class PostgresIndexOptions
{
    /// <summary>Gets the tenant whose documents the index holds. Every row belongs to one; one tenant sees nothing of another.</summary>
    /// <value>Empty by default: the tenant without a name. The address may say it too (<c>?tenant=NAME</c>), and has the last
    /// word.</value>
    public string Tenant { get; init; } = string.Empty;

    /// <summary>Gets the schema that holds the tables.</summary>
    /// <value><c>lloco</c> by default. The address may say it too (<c>?schema=NAME</c>), and has the last word.</value>
    [Required(AllowEmptyStrings = false)]
    public string Schema { get; init; } = "lloco";

    /// <summary>Gets whether missing tables are made.</summary>
    /// <value><see langword="true"/> by default.</value>
    /// <remarks>Set it to <see langword="false"/> if you only ask questions: a mistyped database is then an error instead of an empty
    /// index.</remarks>
    public bool CreateIfMissing { get; init; } = true;

    /// <summary>Gets how long a call goes on trying after faults that pass: a lost connection, a server that starts, a deadlock.</summary>
    /// <value>30 seconds by default; <see cref="TimeSpan.Zero"/> tries once.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets how long a call waits while another writes.</summary>
    /// <value>30 seconds by default.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets the number of passages with dense vectors of a tenant from which they are searched through an HNSW index, which may
    /// miss a few. Below, every vector is compared.</summary>
    /// <value>20,000 by default; <see cref="int.MaxValue"/> compares every vector always.</value>
    /// <remarks>The index is built once, when a document is added or the index is opened beyond this number by the owner of the tables.
    /// Other roles use it when it is there.</remarks>
    [Range(1, int.MaxValue)]
    public int ApproximateFrom { get; init; } = 20_000;

    /// <summary>Gets the most documents of the tenant. A document that is kept in parts counts once for each part.</summary>
    /// <value>Default <see langword="null"/>: any number.</value>
    /// <remarks>This and the other two limits are counted in the database when a document is written through this index, in the turn that
    /// writers of the tenant take, so they hold for the writers of all machines that set them. What is there stays and can be asked.</remarks>
    [Range(0L, long.MaxValue)]
    public long? MaxDocuments { get; init; }

    /// <summary>Gets the most tokens of all documents of the tenant together.</summary>
    /// <value>Default <see langword="null"/>: any number.</value>
    [Range(0L, long.MaxValue)]
    public long? MaxTokens { get; init; }

    /// <summary>Gets the most bytes of texts and summary embeddings of the tenant. Passages, their search and checkpoints are not
    /// counted.</summary>
    /// <value>Default <see langword="null"/>: any number.</value>
    [Range(0L, long.MaxValue)]
    public long? MaxBytes { get; init; }
}
