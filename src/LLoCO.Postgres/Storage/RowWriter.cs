using Npgsql;
using NpgsqlTypes;

namespace LLoCO.Postgres.Storage;

/// <summary>
/// Writes many rows of a table: by COPY in binary form, or, for roles under row-level security, which may not, by inserts that are sent
/// together.
/// </summary>
internal sealed class RowWriter : IAsyncDisposable
{
    // One message to the server takes this many inserts.
    private const int LargestBatch = 500;

    // COPY waits for the server three times, inserts that are sent together once: fewer rows are sent so.
    private const int LeastCopy = 16;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlDbType[] _types;
    private readonly string _insert;
    private readonly NpgsqlBinaryImporter? _copy;
    private NpgsqlBatch? _batch;

    private RowWriter(NpgsqlConnection connection, string table, (string Column, NpgsqlDbType Type)[] columns, NpgsqlBinaryImporter? copy)
    {
        (_connection, _copy) = (connection, copy);
        _types = [.. columns.Select(column => column.Type)];
        _insert = $"INSERT INTO {table}({Names(columns)}) VALUES({string.Join(", ", columns.Select((_, i) => $"${i + 1}"))})";
    }

    /// <summary>Begins to write.</summary>
    /// <param name="connection">A connection inside a transaction; nothing else may be sent over it until the end.</param>
    /// <param name="table">The table.</param>
    /// <param name="columns">Its columns, with the types of the values.</param>
    /// <param name="mayCopy">Whether COPY may be used.</param>
    /// <param name="count">About how many rows there will be.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The writer, to be disposed.</returns>
    public static async Task<RowWriter> BeginAsync(
        NpgsqlConnection connection,
        string table,
        (string Column, NpgsqlDbType Type)[] columns,
        bool mayCopy,
        int count,
        CancellationToken cancellationToken)
    {
        NpgsqlBinaryImporter? copy = mayCopy && count >= LeastCopy
            ? await connection.BeginBinaryImportAsync(
                $"COPY {table}({Names(columns)}) FROM STDIN (FORMAT BINARY)", cancellationToken).ConfigureAwait(false)
            : null;
        return new RowWriter(connection, table, columns, copy);
    }

    /// <summary>Writes a row.</summary>
    /// <param name="values">One value for each column; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task AddAsync(object?[] values, CancellationToken cancellationToken)
    {
        if (_copy is null)
        {
            await InsertAsync(values, cancellationToken).ConfigureAwait(false);
            return;
        }

        await _copy.StartRowAsync(cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < values.Length; i++)
        {
            await (values[i] is { } value
                ? value is Pgvector.Vector vector
                    ? _copy.WriteAsync(vector, cancellationToken)
                    : _copy.WriteAsync(value, _types[i], cancellationToken)
                : _copy.WriteNullAsync(cancellationToken)).ConfigureAwait(false);
        }
    }

    /// <summary>Sends what remains, and ends.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_copy is not null)
        {
            await _copy.CompleteAsync(cancellationToken).ConfigureAwait(false);
            await _copy.DisposeAsync().ConfigureAwait(false);
        }

        await SendAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_copy is not null)
        {
            await _copy.DisposeAsync().ConfigureAwait(false);
        }

        if (_batch is not null)
        {
            await _batch.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static string Names((string Column, NpgsqlDbType Type)[] columns) =>
        string.Join(", ", columns.Select(column => PostgresPlace.Quote(column.Column)));

    private async Task InsertAsync(object?[] values, CancellationToken cancellationToken)
    {
        _batch ??= new NpgsqlBatch(_connection);
        var insert = new NpgsqlBatchCommand(_insert);
        for (int i = 0; i < values.Length; i++)
        {
            insert.Parameters.Add(values[i] is Pgvector.Vector || _types[i] == NpgsqlDbType.Unknown
                ? PostgresCommands.Parameter(values[i])
                : new NpgsqlParameter { NpgsqlDbType = _types[i], Value = values[i] ?? DBNull.Value });
        }

        _batch.BatchCommands.Add(insert);
        if (_batch.BatchCommands.Count == LargestBatch)
        {
            await SendAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        if (_batch is not null)
        {
            await _batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            await _batch.DisposeAsync().ConfigureAwait(false);
            _batch = null;
        }
    }
}
