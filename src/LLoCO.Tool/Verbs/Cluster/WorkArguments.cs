using System.CommandLine;
using LLoCO.Orleans;

namespace LLoCO.Tool.Verbs.Cluster;

/// <summary>The options of <c>lloco work</c>.</summary>
internal sealed class WorkArguments
{
    private readonly ClusterArguments _cluster = new();
    private readonly Option<string> _address = new("--address")
    {
        Description = "IP address by which other silos and clients reach this one.", DefaultValueFactory = _ => "127.0.0.1", HelpName = "IP",
    };

    private readonly Option<int> _siloPort = CommonArguments.Number("--silo-port", 0, 0, "Port for other silos; 0 for a free one.");
    private readonly Option<int> _port = CommonArguments.Number("--port", 0, 0, "Port for clients; 0 for a free one.");
    private readonly Option<int> _slots = CommonArguments.Number(
        "--slots", 0, 1, "Units of work at the same time; 0 for a silo that answers only.");

    private readonly Option<int> _lease = CommonArguments.Number(
        "--lease", 1, 30, "Seconds after which the work of a silo that says nothing is given to another one.");

    private readonly Option<int> _failures = CommonArguments.Number(
        "--failures", 1, 3, "Failures after which a document is set aside.");

    /// <summary>Gets the port of Orleans' page.</summary>
    public Option<int?> Dashboard { get; } = CommonArguments.NumberOrNone(
        "--dashboard", 1, "Port of Orleans' page of the cluster, for this machine alone; it shows the silos that have one.");

    /// <summary>Gets the model that is fetched.</summary>
    public Option<string?> Fetch { get; } = new("--fetch")
    {
        Description = "Fetches the model of this name, which 'jobs publish' put into the shared folder, to this machine, checked by hash.",
        HelpName = "NAME",
    };

    /// <summary>Gets the index.</summary>
    public Option<string> Index { get; } = new("--index")
    {
        Description = "Index that all silos share: an address in PostgreSQL, or a file for silos on one machine.", Required = true, HelpName = "ADDRESS|FILE",
    };

    /// <summary>Adds the options to the verb.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="common">Options of several verbs.</param>
    public void AddTo(Command verb, CommonArguments common)
    {
        _cluster.AddTo(verb);
        foreach (Option option in new Option[] { Index, _slots, _lease, _failures, _address, _siloPort, _port, Dashboard, Fetch, common.PrefixFolder })
        {
            verb.Add(option);
        }

        common.AddModelTo(verb);
    }

    /// <summary>Reads the options of the silo.</summary>
    /// <param name="parsed">The command line.</param>
    public ClusterOptions Read(ParseResult parsed) => _cluster.Read(parsed) with
    {
        Address = parsed.GetValue(_address)!,
        SiloPort = parsed.GetValue(_siloPort),
        GatewayPort = parsed.GetValue(_port),
        Slots = parsed.GetValue(_slots),
        LeaseSeconds = parsed.GetValue(_lease),
        MaxFailures = parsed.GetValue(_failures),
    };
}
