using Npgsql;

namespace LLoCO.Postgres.Storage;

/// <summary>Statements with parameters by position, in one line each.</summary>
internal static class PostgresCommands
{
    /// <summary>Makes a statement.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="sql">SQL with <c>$1</c> and on.</param>
    /// <param name="values">The values; their .NET types choose the types in SQL. A <see cref="NpgsqlParameter"/> is taken as it is.</param>
    /// <returns>The command, to be disposed.</returns>
    public static NpgsqlCommand Command(this NpgsqlConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (object? value in values)
        {
            command.Parameters.Add(Parameter(value));
        }

        return command;
    }

    /// <summary>Makes a parameter by position.</summary>
    /// <param name="value">The value, or a parameter already.</param>
    /// <returns>The parameter.</returns>
    public static NpgsqlParameter Parameter(object? value) =>
        value as NpgsqlParameter ?? new NpgsqlParameter { Value = value ?? DBNull.Value };

    /// <summary>Runs a statement.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="sql">SQL.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <param name="values">The parameters.</param>
    /// <returns>Rows that it changed.</returns>
    public static async Task<int> ExecuteAsync(
        this NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using NpgsqlCommand command = connection.Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads one value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="connection">The connection.</param>
    /// <param name="sql">SQL.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <param name="values">The parameters.</param>
    /// <returns>The value; the type's default where there is no row or no value.</returns>
    public static async Task<T?> ScalarAsync<T>(
        this NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object?[] values)
    {
        await using NpgsqlCommand command = connection.Command(sql, values);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is T value ? value : default;
    }

    /// <summary>Runs a query and reads all of its rows.</summary>
    /// <typeparam name="T">What a row becomes.</typeparam>
    /// <param name="connection">The connection.</param>
    /// <param name="sql">SQL.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <param name="values">The parameters.</param>
    /// <returns>The rows in order.</returns>
    public static async Task<List<T>> RowsAsync<T>(
        this NpgsqlConnection connection,
        string sql,
        Func<NpgsqlDataReader, T> read,
        CancellationToken cancellationToken,
        params object?[] values)
    {
        await using NpgsqlCommand command = connection.Command(sql, values);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>Reads a column that may have no value.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="row">The row.</param>
    /// <param name="column">The column.</param>
    /// <returns>The value, or <see langword="null"/>.</returns>
    public static T? Find<T>(this NpgsqlDataReader row, int column)
        where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);
}
