using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using LLoCO.Core;
using Npgsql;

namespace LLoCO.Postgres;

/// <summary>
/// The address of an index in PostgreSQL: <c>postgres://USER:PASSWORD@HOST:PORT/DATABASE</c>, <c>postgresql://…</c>, or a connection string
/// of Npgsql (<c>Host=…;Database=…</c>). Besides Npgsql's settings it may name <c>tenant</c> and <c>schema</c>.
/// </summary>
public sealed partial class PostgresAddress
{
    private const string TenantKey = "tenant";
    private const string SchemaKey = "schema";

    private PostgresAddress(NpgsqlConnectionStringBuilder connection, string? tenant, string? schema)
    {
        Connection = connection;
        Tenant = tenant;
        Schema = schema;
    }

    /// <summary>Gets the tenant that the address names, if it names one.</summary>
    public string? Tenant { get; }

    /// <summary>Gets the schema that the address names, if it names one.</summary>
    public string? Schema { get; }

    /// <summary>Gets the connection string of Npgsql, with the password where the address holds one.</summary>
    public string ConnectionString => Connection.ConnectionString;

    internal NpgsqlConnectionStringBuilder Connection { get; }

    /// <summary>Tells whether a text is such an address, rather than the path of a file.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>Whether it begins with one of the two schemes, or names a host as connection strings do.</returns>
    public static bool IsAddress([NotNullWhen(true)] string? text) => text is not null && (IsUrl(text) || HostKey().IsMatch(text));

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address.</param>
    /// <returns>The address.</returns>
    /// <exception cref="LlocoException">It is not one; the message does not repeat it, because it may hold a password.</exception>
    public static PostgresAddress Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        try
        {
            DbConnectionStringBuilder settings = IsUrl(text) ? FromUrl(text) : new() { ConnectionString = text };
            string? tenant = Take(settings, TenantKey);
            string? schema = Take(settings, SchemaKey);
            return new PostgresAddress(new NpgsqlConnectionStringBuilder(settings.ConnectionString), tenant, schema);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or UriFormatException or KeyNotFoundException)
        {
            // The cause may quote parts of the text, and so of a password.
            throw new LlocoException(
                "The address of the PostgreSQL index cannot be read. Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE, with "
                + "%-signs for special characters in the password, or as a connection string of Npgsql (Host=…;Database=…).");
        }
    }

    /// <summary>Writes the address without password, for messages.</summary>
    /// <returns><c>postgres://USER@HOST:PORT/DATABASE</c>, with tenant and schema where it names them.</returns>
    public override string ToString()
    {
        string user = Connection.Username is { Length: > 0 } name ? name + "@" : string.Empty;
        string[] more =
        [
            .. Tenant is null ? (string[])[] : [$"{TenantKey}={Tenant}"],
            .. Schema is null ? (string[])[] : [$"{SchemaKey}={Schema}"],
        ];
        return $"postgres://{user}{Connection.Host ?? "localhost"}:{Connection.Port}/{Connection.Database ?? Connection.Username}"
            + (more.Length == 0 ? string.Empty : "?" + string.Join('&', more));
    }

    private static bool IsUrl(string text) =>
        text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);

    private static DbConnectionStringBuilder FromUrl(string text)
    {
        var address = new Uri(text);
        var settings = new DbConnectionStringBuilder();
        Set(settings, "Host", Uri.UnescapeDataString(address.Host));
        Set(settings, "Port", address.IsDefaultPort || address.Port < 0 ? string.Empty : address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Set(settings, "Database", Uri.UnescapeDataString(address.AbsolutePath.TrimStart('/')));
        string[] user = address.UserInfo.Split(':', 2);
        Set(settings, "Username", Uri.UnescapeDataString(user[0]));
        Set(settings, "Password", user.Length == 2 ? Uri.UnescapeDataString(user[1]) : string.Empty);
        foreach (string pair in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = pair.Split('=', 2);
            string value = parts.Length == 2 ? Uri.UnescapeDataString(parts[1].Replace('+', ' ')) : string.Empty;
            settings[NameOf(Uri.UnescapeDataString(parts[0]))] = value;
        }

        return settings;
    }

    /// <summary>Npgsql's name of a setting of libpq.</summary>
    private static string NameOf(string key) => key.ToLowerInvariant() switch
    {
        "sslmode" => "SSL Mode",
        "sslrootcert" => "Root Certificate",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "connect_timeout" => "Timeout",
        "dbname" => "Database",
        "user" => "Username",
        _ => key.Replace('_', ' '),
    };

    private static void Set(DbConnectionStringBuilder settings, string key, string value)
    {
        if (value.Length > 0)
        {
            settings[key] = value;
        }
    }

    private static string? Take(DbConnectionStringBuilder settings, string key)
    {
        if (!settings.TryGetValue(key, out object? value))
        {
            return null;
        }

        settings.Remove(key);
        return (string)value;
    }

    [GeneratedRegex(@"(^|;)\s*(host|server)\s*=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HostKey();
}
