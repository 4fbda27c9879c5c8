using Npgsql;

namespace LLoCO.Postgres.Storage;

/// <summary>One piece of work on an index: a connection, the tenant, and what the role may do.</summary>
/// <param name="Connection">The connection, usually inside a transaction.</param>
/// <param name="Tenant">The tenant; stands in every statement, because owners see all rows.</param>
/// <param name="MayCopy">Whether rows may be written by COPY.</param>
/// <param name="Place">Where the index is, for messages.</param>
/// <param name="CancellationToken">Cancels the statements.</param>
internal sealed record PostgresSession(
    NpgsqlConnection Connection, string Tenant, bool MayCopy, PostgresPlace Place, CancellationToken CancellationToken)
{
    /// <summary>Runs a statement.</summary>
    /// <param name="sql">SQL.</param>
    /// <param name="values">The parameters.</param>
    /// <returns>Rows that it changed.</returns>
    public Task<int> ExecuteAsync(string sql, params object?[] values) => Connection.ExecuteAsync(sql, CancellationToken, values);

    /// <summary>Reads one value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="sql">SQL.</param>
    /// <param name="values">The parameters.</param>
    /// <returns>The value, or the type's default.</returns>
    public Task<T?> ScalarAsync<T>(string sql, params object?[] values) => Connection.ScalarAsync<T>(sql, CancellationToken, values);

    /// <summary>Runs statements that are sent together: the server is waited for once. Each sees what was committed before it.</summary>
    /// <param name="statements">SQL with its parameters.</param>
    /// <returns>The rows of each statement that gives rows, in order.</returns>
    public async Task<List<List<object[]>>> TogetherAsync(params (string Sql, object?[] Values)[] statements)
    {
        await using var batch = new NpgsqlBatch(Connection);
        foreach ((string sql, object?[] values) in statements)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (object? value in values)
            {
                command.Parameters.Add(PostgresCommands.Parameter(value));
            }

            batch.BatchCommands.Add(command);
        }

        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync(CancellationToken).ConfigureAwait(false);
        var results = new List<List<object[]>>();
        do
        {
            results.Add([]);
            while (await reader.ReadAsync(CancellationToken).ConfigureAwait(false))
            {
                var row = new object[reader.FieldCount];
                reader.GetValues(row);
                results[^1].Add(row);
            }
        }
        while (await reader.NextResultAsync(CancellationToken).ConfigureAwait(false));
        return results;
    }

    /// <summary>Runs a query and reads all of its rows.</summary>
    /// <typeparam name="T">What a row becomes.</typeparam>
    /// <param name="sql">SQL.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="values">The parameters.</param>
    /// <returns>The rows in order.</returns>
    public Task<List<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values) =>
        Connection.RowsAsync(sql, read, CancellationToken, values);
}
