using LLoCO.Core;
using LLoCO.Core.Index;
using Npgsql;

namespace LLoCO.Postgres.Storage;

/// <summary>Where an index is: address, schema and tenant, checked; and the connection settings that follow.</summary>
internal sealed class PostgresPlace
{
    // PostgreSQL cuts longer identifiers off.
    private const int LongestSchema = 63;

    private readonly PostgresAddress _address;
    private readonly PostgresIndexOptions _options;

    /// <summary>Joins an address and options.</summary>
    /// <param name="address">The address; what it says about tenant and schema has the last word.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="LlocoException">A name cannot be.</exception>
    public PostgresPlace(PostgresAddress address, PostgresIndexOptions options)
    {
        (_address, _options) = (address, options);
        Tenant = address.Tenant ?? options.Tenant;
        Schema = address.Schema ?? options.Schema;
        if (Tenant.Length > 0)
        {
            IndexGuard.CheckName(Tenant, "tenant");
        }

        IndexGuard.CheckName(Schema, "schema");
        if (Schema.Length > LongestSchema)
        {
            throw new LlocoException($"The schema '{Schema}' has {Schema.Length} characters; PostgreSQL keeps {LongestSchema}.");
        }
    }

    /// <summary>Gets the tenant.</summary>
    public string Tenant { get; }

    /// <summary>Gets the schema.</summary>
    public string Schema { get; }

    /// <summary>Gets the schema as an identifier in SQL.</summary>
    public string QuotedSchema => Quote(Schema);

    /// <summary>Gets whether missing tables are made.</summary>
    public bool CreateIfMissing => _options.CreateIfMissing;

    /// <summary>Gets how much the tenant may keep.</summary>
    public PostgresQuota Quota => new(_options.MaxDocuments, _options.MaxTokens, _options.MaxBytes);

    /// <summary>Writes an identifier in SQL.</summary>
    /// <param name="name">Any name.</param>
    /// <returns>The name in quotation marks.</returns>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Makes the settings of connections.</summary>
    /// <returns>The settings.</returns>
    public NpgsqlConnectionStringBuilder Connect()
    {
        NpgsqlConnectionStringBuilder address = _address.Connection;
        var settings = new NpgsqlConnectionStringBuilder(address.ConnectionString)
        {
            // The user's search path stays behind ours: the extension may be there.
            SearchPath = $"{QuotedSchema}, {address.SearchPath ?? "public"}",

            // A client that hangs inside a transaction would hold the lock that writers wait for.
            Options = $"{address.Options} -c lloco.tenant={Escape(Tenant)} -c idle_in_transaction_session_timeout=60s "
                + $"-c lock_timeout={(long)_options.BusyTimeout.TotalMilliseconds}",
        };
        settings.MaxAutoPrepare = settings.ContainsKey("Max Auto Prepare") ? settings.MaxAutoPrepare : 40;
        settings.KeepAlive = settings.KeepAlive > 0 ? settings.KeepAlive : 30;
        settings.ApplicationName ??= "LLoCO";
        return settings;
    }

    /// <summary>Names the index without the password.</summary>
    public override string ToString() => _address.ToString();

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal);
}
