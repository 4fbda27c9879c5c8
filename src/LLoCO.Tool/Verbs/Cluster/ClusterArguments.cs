using System.CommandLine;
using LLoCO.Orleans;

namespace LLoCO.Tool.Verbs.Cluster;

/// <summary>The options by which silos and clients find each other.</summary>
internal sealed class ClusterArguments
{
    /// <summary>Gets the shared folder.</summary>
    public Option<string?> Folder { get; } = new("--folder")
    {
        Description = "Folder that all silos share: jobs, finished segments, adapters, and the table of silos unless there is a --database.",
        HelpName = "DIR",
    };

    /// <summary>Gets the database of the table of silos.</summary>
    public Option<string?> Database { get; } = new("--database")
    {
        Description = "Address of the PostgreSQL database that holds the table of silos (postgres://…); the first silo makes the tables.",
        HelpName = "ADDRESS",
    };

    /// <summary>Gets the name of the cluster.</summary>
    public Option<string> Name { get; } = new("--cluster")
    {
        Description = "Name of the cluster.", DefaultValueFactory = _ => "lloco", HelpName = "NAME",
    };

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        verb.Add(Folder);
        verb.Add(Database);
        verb.Add(Name);
    }

    /// <summary>Reads the options of a client.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ToolUsageException">Nothing says where the table of silos is.</exception>
    public ClusterOptions Read(ParseResult parsed) =>
        parsed.GetValue(Folder) is null && parsed.GetValue(Database) is null
            ? throw new ToolUsageException("Say where the cluster is: --folder DIR, the folder that its silos share, or --database.")
            : new ClusterOptions
            {
                Folder = parsed.GetValue(Folder), Database = parsed.GetValue(Database), Cluster = parsed.GetValue(Name)!,
            };
}
