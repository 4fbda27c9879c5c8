namespace LLoCO.Orleans.Jobs;

/// <summary>A unit of a job: a document, or the adapter.</summary>
/// <param name="id">Its id.</param>
/// <param name="path">The file that it is read from.</param>
internal sealed class JobUnit(string id, string path)
{
    /// <summary>Gets its id.</summary>
    public string Id { get; } = id;

    /// <summary>Gets the file that it is read from.</summary>
    public string Path { get; } = path;

    /// <summary>Gets or sets whether it is done.</summary>
    public bool IsDone { get; set; }

    /// <summary>Gets or sets whether it failed too often.</summary>
    public bool IsSetAside { get; set; }

    /// <summary>Gets or sets the lease in force; 0 for none.</summary>
    public long Lease { get; set; }

    /// <summary>Gets or sets the silo that has the lease.</summary>
    public string Silo { get; set; } = string.Empty;

    /// <summary>Gets or sets when the lease ends, in ticks of the ledger's clock.</summary>
    public long Deadline { get; set; }

    /// <summary>Gets or sets how often it failed.</summary>
    public int Failures { get; set; }

    /// <summary>Gets or sets how often its silo was lost.</summary>
    public int Lost { get; set; }

    /// <summary>Gets or sets why it failed the last time.</summary>
    public string Reason { get; set; } = string.Empty;

    /// <summary>Gets or sets its steps that are done, and all of them.</summary>
    public (long Done, long All) Steps { get; set; }
}
