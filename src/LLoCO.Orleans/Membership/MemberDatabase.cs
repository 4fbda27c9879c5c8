using LLoCO.Core;
using LLoCO.Postgres;
using Npgsql;
using Orleans;
using Orleans.Runtime;

namespace LLoCO.Orleans.Membership;

/// <summary>The PostgreSQL database of the table of silos. A silo makes the tables before it joins, if they are not there.</summary>
internal sealed class MemberDatabase : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>What Orleans calls the provider of PostgreSQL.</summary>
    public const string Provider = "Npgsql";

    private const string DefaultSchema = "lloco_silos";

    // "LLoS" in ASCII, beside that of indexes. One silo makes the tables; the others wait and find them.
    private const long Lock = 0x4C4C6F53;

    private readonly string _name;
    private readonly string _schema;

    /// <summary>Reads the address.</summary>
    /// <param name="database">An address (<see cref="PostgresAddress"/>).</param>
    /// <exception cref="LlocoException">It cannot be read.</exception>
    public MemberDatabase(string database)
    {
        PostgresAddress address = PostgresAddress.Parse(database);
        (_name, _schema) = (address.ToString(), address.Schema ?? DefaultSchema);
        var settings = new NpgsqlConnectionStringBuilder(address.ConnectionString) { SearchPath = Quote(_schema) };

        // A silo that waits for a database which does not answer cannot say meanwhile that it is alive.
        settings.Timeout = settings.ContainsKey("Timeout") ? settings.Timeout : 5;
        settings.CommandTimeout = settings.ContainsKey("Command Timeout") ? settings.CommandTimeout : 10;
        settings.ApplicationName ??= "LLoCO silos";
        ConnectionString = settings.ConnectionString;
    }

    /// <summary>Gets the connection string, whose connections see the tables.</summary>
    public string ConnectionString { get; }

    /// <inheritdoc/>
    public void Participate(ISiloLifecycle observer) =>
        observer.Subscribe(nameof(MemberDatabase), ServiceLifecycleStage.First, EnsureAsync);

    /// <summary>Makes the tables, or brings them up to date.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LlocoException">The server cannot be reached or refuses, or a newer library made the tables.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            if (Check(await FindVersionAsync(connection, cancellationToken).ConfigureAwait(false)) == MemberQueries.Version)
            {
                return;
            }

            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, "SELECT pg_advisory_xact_lock($1)", cancellationToken, Lock).ConfigureAwait(false);
            if (Check(await FindVersionAsync(connection, cancellationToken).ConfigureAwait(false)) == 0)
            {
                await CreateAsync(connection, cancellationToken).ConfigureAwait(false);
            }

            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or IOException or System.Net.Sockets.SocketException)
        {
            throw new LlocoException(
                $"The table of silos in {_name} cannot be read or made: {error.Message} The server must run at this address, and the user be "
                + $"allowed to make the schema '{_schema}', or to read and write it where it is there.", error);
        }
    }

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task CreateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, $"CREATE SCHEMA IF NOT EXISTS {Quote(_schema)};{MemberQueries.Tables}", cancellationToken)
            .ConfigureAwait(false);
        await ExecuteAsync(
            connection, "INSERT INTO orleansquery SELECT * FROM unnest($1, $2)", cancellationToken, MemberQueries.All.Keys.ToArray(),
            MemberQueries.All.Values.ToArray()).ConfigureAwait(false);
        await ExecuteAsync(connection, "INSERT INTO silo_schema VALUES($1)", cancellationToken, MemberQueries.Version)
            .ConfigureAwait(false);
    }

    private async Task<int> FindVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // A statement that names a missing table would end the transaction.
        await using var there = new NpgsqlCommand(
            "SELECT EXISTS(SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'silo_schema')", connection)
        {
            Parameters = { new NpgsqlParameter { Value = _schema } },
        };
        if (await there.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not true)
        {
            return 0;
        }

        await using var version = new NpgsqlCommand("SELECT version FROM silo_schema", connection);
        return await version.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is int found ? found : 0;
    }

    private int Check(int found) => found <= MemberQueries.Version
        ? found
        : throw new LlocoException($"The table of silos in {_name} has version {found}; this library knows version "
            + $"{MemberQueries.Version}. Update this silo: it is older than the others.");
}
