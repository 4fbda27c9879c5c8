using System.CommandLine;
using System.Net;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Server;
using LLoCO.Tenants;
using Microsoft.Extensions.Configuration;

namespace LLoCO.Tool.Verbs;

/// <summary>The arguments of <c>lloco serve</c> besides those of the model.</summary>
internal sealed class ServeArguments
{
    private readonly Option<string?> _index = new("--index") { Description = "Index file, or postgres://… address; made if it does not exist.", HelpName = IndexArguments.HelpName };

    private readonly Option<string?> _tenants = new("--tenants")
    {
        Description = "Folder of tenants, in place of an index: each key of --keys reaches what its tenant has.", HelpName = "DIR",
    };

    private readonly Option<int> _port = CommonArguments.Number("--port", 0, 8400, "Port; 0 for any that is free.");

    private readonly Option<string> _host = new("--host")
    {
        Description = "Address to listen on. Other machines reach it only with --keys.",
        DefaultValueFactory = _ => "127.0.0.1",
        HelpName = "ADDRESS",
    };

    private readonly Option<string?> _keys = new("--keys")
    {
        Description = "JSON file with apiKeys (name, hash, groups, tenant), quotas of tenants, and limits (maxPerMinute, maxRequests, maxBodyBytes).", HelpName = "FILE",
    };

    private readonly Option<string?> _reports = new("--reports")
    {
        Description = "Folder of reports (lloco eval --report, lloco needle) that the page links.", HelpName = "FOLDER",
    };

    /// <summary>Gets whether this machine is measured first.</summary>
    public Option<bool> Plan { get; } = new("--plan")
    {
        Description = "Measures this machine first, so that the page shows what the full text would have cost (as lloco plan does).",
    };

    /// <summary>Gets the name of a key to make.</summary>
    public Option<string?> NewKey { get; } = new("--new-key") { Description = "Only makes a key, and shows it and its hash.", HelpName = "NAME" };

    /// <summary>Gets the groups of the key to make.</summary>
    public Option<string[]> Group { get; } = new("--group") { Description = "Group that the new key may use; may be repeated." };

    /// <summary>Gets the tenant of the key to make.</summary>
    public Option<string?> Tenant { get; } = new("--tenant") { Description = "Tenant that the new key belongs to.", HelpName = "NAME" };

    /// <summary>Adds the arguments to the verb.</summary>
    /// <param name="verb">The verb.</param>
    public void AddTo(Command verb)
    {
        AddServerTo(verb);
        verb.Options.Add(NewKey);
        verb.Options.Add(Group);
        verb.Options.Add(Tenant);
        verb.Options.Add(_tenants);
    }

    /// <summary>Adds those of the server alone, without those that make keys.</summary>
    /// <param name="verb">The verb.</param>
    public void AddServerTo(Command verb)
    {
        foreach (Option option in new Option[] { _index, _port, _host, _keys, _reports, Plan })
        {
            verb.Options.Add(option);
        }
    }

    /// <summary>Refuses what only a server over HTTP has.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ToolUsageException">One of these options is given.</exception>
    public void EnsureNoHttp(ParseResult parsed)
    {
        if (new Option[] { _port, _host, _keys, _reports, Plan }.FirstOrDefault(parsed.Has) is { } given)
        {
            throw new ToolUsageException($"{given.Name} is an option of --http. Without it, whoever starts this program uses it alone.");
        }
    }

    /// <summary>Refuses what does nothing where only a key is made.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ToolUsageException">One of these options is given, or a group that there cannot be.</exception>
    public void EnsureKey(ParseResult parsed)
    {
        parsed.EnsureNoneBeside(true, NewKey.Name, _index, _tenants, _port, _host, _keys, _reports, Plan);
        foreach (string group in parsed.GetValue(Group) ?? [])
        {
            AutoGroup.Refuse(group);
        }
    }

    /// <summary>Refuses what only a new key has.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ToolUsageException">One of these options is given.</exception>
    public void EnsureNoKey(ParseResult parsed)
    {
        if (parsed.Has(Group))
        {
            throw new ToolUsageException("--group is of --new-key: it says which groups the key may use. The server's own groups are those of "
                + "its index.");
        }

        parsed.EnsureNoneWithout(false, NewKey.Name, Tenant);
    }

    /// <summary>Finds the index.</summary>
    /// <param name="parsed">The command line.</param>
    public string FindIndex(ParseResult parsed) =>
        parsed.GetValue(_index) ?? throw new ToolUsageException("Option '--index' is required.");

    /// <summary>Finds the tenants.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>The store, or <see langword="null"/> where one index is served.</returns>
    /// <exception cref="ToolUsageException">An index is named, too.</exception>
    public TenantStore? FindTenants(ParseResult parsed) =>
        parsed.GetResult(_tenants) is null || parsed.GetValue(_tenants) is not { } folder ? null
        : parsed.GetValue(_index) is null ? new TenantStore(folder)
        : throw new ToolUsageException("Name an index (--index) or a folder of tenants (--tenants), not both.");

    /// <summary>Reads keys and limits.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="LlocoException">The file is not there, or not what it must be.</exception>
    public LlocoServerOptions Read(ParseResult parsed)
    {
        return ReadKeys(parsed) with { ReportFolder = parsed.GetValue(_reports) };
    }

    private LlocoServerOptions ReadKeys(ParseResult parsed)
    {
        if (parsed.GetValue(_keys) is not { } file)
        {
            return new LlocoServerOptions();
        }

        try
        {
            IConfigurationRoot settings = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath(file)).Build();
            return SettingsFaults.Find(settings, typeof(LlocoServerOptions)) is { } fault
                ? throw new LlocoException($"The keys of '{file}' cannot be read: {fault}")
                : WithEmptyGroups(settings.Get<LlocoServerOptions>() ?? new LlocoServerOptions(), settings);
        }
        catch (FileNotFoundException error)
        {
            throw new LlocoException($"The file of keys '{file}' does not exist. 'lloco serve --new-key NAME' shows what stands in one.", error);
        }
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException)
        {
            string place = error.GetBaseException() is JsonException { LineNumber: { } line } ? $" It is no JSON at line {line + 1}." : string.Empty;
            throw new LlocoException($"The keys of '{file}' cannot be read.{place} docs/serving.md shows such a file.", error);
        }
    }

    /// <summary>Binding makes nothing of an empty list, and no list means all groups: the keys get it back, so that the server refuses them.</summary>
    private static LlocoServerOptions WithEmptyGroups(LlocoServerOptions options, IConfigurationRoot settings) => options with
    {
        ApiKeys =
        [
            .. options.ApiKeys.Zip(settings.GetSection(nameof(options.ApiKeys)).GetChildren(), (key, part) =>
                part.GetSection(nameof(key.Groups)).Value is { Length: 0 } ? key with { Groups = [] } : key),
        ],
    };

    /// <summary>Finds where to listen.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="options">The keys.</param>
    /// <exception cref="ToolUsageException">It is no address, or one that other machines reach without keys.</exception>
    public IPEndPoint FindAddress(ParseResult parsed, LlocoServerOptions options)
    {
        string host = parsed.GetValue(_host)!;
        IPAddress? address = host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(host, out IPAddress? known) ? known : null;
        return address is null ? throw new ToolUsageException($"--host: '{host}' is no address of this machine.")
            : options.ApiKeys.Count == 0 && !IPAddress.IsLoopback(address)
                ? throw new ToolUsageException($"--host {host} would serve other machines without keys. Name some (--keys).")
                : new IPEndPoint(address, parsed.GetValue(_port));
    }
}
