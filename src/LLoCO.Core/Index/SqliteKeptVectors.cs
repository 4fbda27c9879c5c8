using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>
/// The dense vectors of an index file in memory, a byte for each number, from the second search of an unchanged file on. They find those that may
/// be among the nearest, which are then compared as the file has them: the result is that of comparing all.
/// </summary>
/// <remarks>A connection that never writes tells whether anything was committed by another one since
/// (https://www.sqlite.org/pragma.html#pragma_data_version). Its answer before a search has read anything, and after, is the same only if nothing
/// was committed in between; if it is also that of the kept vectors, they are those that the search would read.</remarks>
internal sealed class SqliteKeptVectors : IDisposable
{
    /// <summary>Most bytes of numbers that are kept. Larger indexes are read at each search.</summary>
    public const long MaxBytes = 256L << 20;

    private readonly Func<SqliteConnection> _connect;
    private readonly Lock _gate = new();
    private SqliteConnection? _connection;
    private SqliteCommand? _version;
    private volatile KeptVectors? _kept;
    private long _seen = -1;

    /// <summary>Prepares to keep vectors.</summary>
    /// <param name="connect">Opens a connection to the file.</param>
    public SqliteKeptVectors(Func<SqliteConnection> connect) => _connect = connect;

    /// <summary>Gets how many vectors are kept.</summary>
    internal int Count => _kept?.Vectors?.Count ?? 0;

    /// <summary>Asks for the state of the file, before a transaction has read.</summary>
    /// <returns>A number that changes with every commit.</returns>
    public long Version()
    {
        lock (_gate)
        {
            _connection ??= _connect();
            _version ??= _connection.Command("PRAGMA data_version");
            return (long)_version.ExecuteScalar()!;
        }
    }

    /// <summary>Finds the vectors of the state that a transaction reads.</summary>
    /// <param name="connection">A connection whose transaction has read.</param>
    /// <param name="version">The state before it had.</param>
    /// <returns>The vectors; <see langword="null"/> if they have to be read, because this is the first search in this state or they are too
    /// many.</returns>
    public KeptVectors? Find(SqliteConnection connection, long version)
    {
        if (Version() != version)
        {
            return null;
        }

        if (_kept is { } kept && kept.Version == version)
        {
            return kept.Vectors is null ? null : kept;
        }

        _kept = null;
        if (Interlocked.Exchange(ref _seen, version) != version)
        {
            return null;
        }

        KeptVectors read = KeptVectors.Read(connection, version, MaxBytes);
        _kept = read;
        return read.Vectors is null ? null : read;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _version?.Dispose();
            _connection?.Dispose();
            (_version, _connection, _kept) = (null, null, null);
        }
    }
}
