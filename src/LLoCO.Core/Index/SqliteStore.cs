using Microsoft.Data.Sqlite;

namespace LLoCO.Core.Index;

/// <summary>
/// The connections to one index file: a pooled connection per call, one writer at a time in this process, and readable errors.
/// Work runs on the thread pool, because SQLite has no asynchronous calls.
/// </summary>
internal sealed class SqliteStore : IAsyncDisposable
{
    private readonly string _connectionString;
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _active;
    private bool _disposed;

    private SqliteStore(string path, string connectionString)
    {
        Path = path;
        _connectionString = connectionString;
    }

    /// <summary>Gets the full path of the file.</summary>
    public string Path { get; }

    /// <summary>Gets whether the file is read-only.</summary>
    public bool IsReadOnly { get; private init; }

    /// <summary>Opens a file, and creates its tables if it is empty.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to open it.</param>
    /// <returns>The store.</returns>
    public static SqliteStore Open(string path, SqliteIndexOptions options)
    {
        string full = SqliteFaults.CheckPath(path, options.CreateIfMissing && !options.ReadOnly);
        try
        {
            if (!options.ReadOnly)
            {
                CreateFile(full);
            }

            return Open(full, options, options.ReadOnly);
        }
        catch (SqliteException error) when (!options.ReadOnly && SqliteFaults.IsNotWritable(error) && File.Exists(full))
        {
            return OpenForReading(full, options, error);
        }
        catch (SqliteException error)
        {
            throw SqliteFaults.Explain(error, full);
        }
    }

    private static SqliteStore OpenForReading(string full, SqliteIndexOptions options, SqliteException cause)
    {
        try
        {
            return Open(full, options, readOnly: true);
        }
        catch (SqliteException)
        {
            throw SqliteFaults.Explain(cause, full);
        }
    }

    private static SqliteStore Open(string full, SqliteIndexOptions options, bool readOnly)
    {
        var store = new SqliteStore(full, SqliteFile.ConnectionString(full, options, readOnly)) { IsReadOnly = readOnly };
        try
        {
            using SqliteConnection connection = store.Connect();
            if (readOnly)
            {
                SqliteSchema.EnsureReadable(connection, full);
            }
            else
            {
                SqliteSchema.Ensure(connection, full);
            }

            return store;
        }
        catch
        {
            store.ReleaseFile();
            throw;
        }
    }

    // Later connections open only an existing file: a file that was removed must not reappear empty.
    private static void CreateFile(string full)
    {
        if (!File.Exists(full))
        {
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = full, Pooling = false }.ToString());
            connection.Open();
        }
    }

    /// <summary>Runs a query in one read transaction: all its reads see the same state.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="query">The work.</param>
    /// <param name="cancellationToken">Cancels before the work begins.</param>
    /// <returns>The result.</returns>
    public ValueTask<T> ReadAsync<T>(Func<SqliteConnection, T> query, CancellationToken cancellationToken) =>
        RunAsync(
            connection =>
            {
                using SqliteTransaction transaction = connection.BeginTransaction(deferred: true);
                return query(connection);
            },
            cancellationToken);

    /// <summary>Runs work in one write transaction: all of it becomes durable, or nothing.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Cancels until the commit.</param>
    /// <returns>The result.</returns>
    public async ValueTask<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        if (IsReadOnly)
        {
            throw SqliteFaults.OnlyRead(Path);
        }

        await _writer.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await RunAsync(connection => Write(connection, work, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            _writer.Release();
        }
    }

    private T Write<T>(SqliteConnection connection, Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        T result = work(connection);
        cancellationToken.ThrowIfCancellationRequested();
        transaction.Commit();

        // A file without a name accepts every write and disappears with the process.
        return SqliteFile.HasMoved(connection) ? throw SqliteFaults.Gone(Path) : result;
    }

    /// <summary>Waits for calls in progress, then closes every connection, so that the file can be moved or deleted.</summary>
    /// <returns>A task that ends when the file is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
            if (_active == 0)
            {
                _drained.TrySetResult();
            }
        }

        await _drained.Task.ConfigureAwait(false);
        ReleaseFile();
    }

    private async ValueTask<T> RunAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        Enter();
        try
        {
            return await Task.Run(() => Run(work), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    private T Run<T>(Func<SqliteConnection, T> work)
    {
        try
        {
            using SqliteConnection connection = Connect();
            return work(connection);
        }
        catch (SqliteException error)
        {
            throw File.Exists(Path) ? SqliteFaults.Explain(error, Path) : SqliteFaults.Gone(Path);
        }
        catch (Exception error) when (
            error is OverflowException or InvalidCastException or InvalidOperationException or FormatException)
        {
            // A column has a value that this library never writes there.
            throw SqliteFaults.Damaged(Path, error);
        }
    }

    /// <summary>Opens a connection.</summary>
    /// <returns>The connection, to be disposed: until then the file stays open.</returns>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();

            // FULL: a commit that was reported survives a power cut. Untrusted schema: a file from elsewhere cannot run functions
            // from its views or triggers. Cell check: a damaged page is an error, not a wrong answer. Cache: 8 MB of pages, so that the words of
            // a large index are not read again for each question.
            connection.Execute(
                "PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA cache_size = -8192");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Enter()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(SqliteRetrievalIndex));
            _active++;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_active == 0 && _disposed)
            {
                _drained.TrySetResult();
            }
        }
    }

    private void ReleaseFile()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }
}
