using System.ComponentModel.DataAnnotations;

namespace LLoCO.Orleans;

/// <summary>Settings of a silo or a client.</summary>
public sealed record ClusterOptions
{
    /// <summary>Gets the folder that all silos share: checkpoints, events of jobs, adapters, and the table of silos unless there is a
    /// <see cref="Database"/>.</summary>
    /// <value>Default <see langword="null"/>; every silo needs one, and a client of a cluster without a database.</value>
    public string? Folder { get; init; }

    /// <summary>Gets the address of the PostgreSQL database that holds the table of silos (<see cref="LLoCO.Postgres.PostgresAddress"/>). The
    /// first silo makes its tables, in the schema <c>lloco_silos</c> unless the address names another one (<c>?schema=NAME</c>).</summary>
    /// <value>Default <see langword="null"/>: the table of silos is in the folder.</value>
    public string? Database { get; init; }

    /// <summary>Gets the name of the cluster: silos of another name do not meet these.</summary>
    /// <value>Default <c>lloco</c>.</value>
    public string Cluster { get; init; } = "lloco";

    /// <summary>Gets the IP address that other silos and clients connect to.</summary>
    /// <value>Default 127.0.0.1: all silos on this machine.</value>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>Gets the port for other silos.</summary>
    /// <value>Default 0: a free one.</value>
    [Range(0, 65535)]
    public int SiloPort { get; init; }

    /// <summary>Gets the port for clients.</summary>
    /// <value>Default 0: a free one.</value>
    [Range(0, 65535)]
    public int GatewayPort { get; init; }

    /// <summary>Gets the units of work that a silo does at the same time. A silo has one model, on whose thread they take turns.</summary>
    /// <value>Default 1; 0 for a silo that answers only.</value>
    [Range(0, 64)]
    public int Slots { get; init; } = 1;

    /// <summary>Gets the seconds after which a unit is given to another silo if its silo says nothing.</summary>
    /// <value>Default 30. It says something every sixth part of that time, and stops by itself if it cannot.</value>
    [Range(1, 3600)]
    public double LeaseSeconds { get; init; } = 30;

    /// <summary>Gets after how many failures a unit is set aside.</summary>
    /// <value>Default 3.</value>
    [Range(1, 1000)]
    public int MaxFailures { get; init; } = 3;

    /// <summary>Gets after how many lost silos a unit is set aside, because it may be what ends them.</summary>
    /// <value>Default 20.</value>
    [Range(1, 100_000)]
    public int MaxLost { get; init; } = 20;

    /// <summary>Gets the maximum number of jobs that are not ended. A further one is refused.</summary>
    /// <value>Default 100.</value>
    [Range(1, 100_000)]
    public int MaxOpenJobs { get; init; } = 100;

    /// <summary>Gets the maximum number of documents in a job.</summary>
    /// <value>Default 100,000: whoever takes a job over reads all its events first. Larger corpora are several jobs.</value>
    [Range(1, 10_000_000)]
    public int MaxDocuments { get; init; } = 100_000;

    /// <summary>Gets the maximum number of questions in progress or waiting on a silo. A further one is refused.</summary>
    /// <value>Default 64.</value>
    [Range(1, 1 << 20)]
    public int MaxQuestions { get; init; } = 64;

    /// <summary>Gets the seconds without a word after which silos begin to suspect a silo.</summary>
    /// <value>Default 2. A silo is dead after two such times, by the word of another.</value>
    [Range(0.1, 600)]
    public double ProbeSeconds { get; init; } = 2;

    /// <summary>Gets the version of the cluster's protocol that a silo knows; tests make older ones.</summary>
    internal int Protocol { get; init; } = Jobs.ClusterProtocol.Version;
}
