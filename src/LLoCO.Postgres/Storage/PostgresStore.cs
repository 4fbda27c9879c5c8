using System.Data;
using System.Diagnostics;
using LLoCO.Core;
using LLoCO.Postgres.Schema;
using Npgsql;

namespace LLoCO.Postgres.Storage;

/// <summary>
/// The connections to one index: a pooled connection per call, work in transactions that is done again after faults that pass, and
/// readable errors.
/// </summary>
internal sealed class PostgresStore : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly NpgsqlDataSource _connections;
    private readonly TimeSpan _retryFor;
    private volatile bool _disposed;

    private PostgresStore(PostgresPlace place, TimeSpan retryFor)
    {
        (Place, _retryFor) = (place, retryFor);
        var builder = new NpgsqlDataSourceBuilder(place.Connect().ConnectionString);
        builder.UseVector();
        _connections = builder.Build();
    }

    /// <summary>Gets where the index is.</summary>
    public PostgresPlace Place { get; }

    /// <summary>Gets whether row-level security holds for this role: it sees one tenant, and may not use COPY to write.</summary>
    public bool IsConfined { get; private set; }

    /// <summary>Connects, and makes the tables or brings them up to date.</summary>
    /// <param name="place">Where the index is.</param>
    /// <param name="options">How it is opened.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The store.</returns>
    public static async Task<PostgresStore> OpenAsync(
        PostgresPlace place, PostgresIndexOptions options, CancellationToken cancellationToken)
    {
        PostgresStore store;
        try
        {
            store = new PostgresStore(place, options.RetryFor);
        }
        catch (ArgumentException)
        {
            throw new LlocoException($"The settings of the PostgreSQL index {place} do not fit together. Correct its address.");
        }

        try
        {
            store.IsConfined = await store.WriteAsync(
                async (connection, cancel) =>
                {
                    await PostgresMigration.EnsureAsync(connection, place, cancel).ConfigureAwait(false);
                    return await connection.ScalarAsync<bool>("SELECT row_security_active('documents')", cancel).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
            return store;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs one statement, or several that need not see the same state.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="query">The work; it may be done again.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The result.</returns>
    public Task<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> query, CancellationToken cancellationToken) =>
        RetryAsync(query, cancellationToken);

    /// <summary>Runs statements that all see the same state.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="query">The work; it may be done again.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The result.</returns>
    public Task<T> ReadTogetherAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> query, CancellationToken cancellationToken) =>
        RetryAsync((connection, cancel) => TransactAsync(connection, IsolationLevel.RepeatableRead, query, cancel), cancellationToken);

    /// <summary>Runs work in one transaction: all of it becomes durable, or nothing.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="work">The work. It is done again after faults that pass, also where the connection was lost during the commit: it must
    /// give the same state when it is done twice.</param>
    /// <param name="cancellationToken">Cancels until the commit.</param>
    /// <returns>The result.</returns>
    public Task<T> WriteAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken) =>
        RetryAsync((connection, cancel) => TransactAsync(connection, IsolationLevel.ReadCommitted, work, cancel), cancellationToken);

    /// <summary>Closes the connections.</summary>
    /// <returns>A task that ends when they are closed.</returns>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return _connections.DisposeAsync();
    }

    private static async Task<T> TransactAsync<T>(
        NpgsqlConnection connection,
        IsolationLevel isolation,
        Func<NpgsqlConnection, CancellationToken, Task<T>> work,
        CancellationToken cancellationToken)
    {
        await using NpgsqlTransaction transaction =
            await connection.BeginTransactionAsync(isolation, cancellationToken).ConfigureAwait(false);
        T result = await work(connection, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        return result;
    }

    private async Task<T> RetryAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        for (TimeSpan pause = FirstPause; ; pause = Min(2 * pause, LongestPause))
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_disposed, typeof(PostgresRetrievalIndex));
            try
            {
                await using NpgsqlConnection connection =
                    await _connections.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                return await work(connection, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (
                PostgresFaults.Passes(error) && !cancellationToken.IsCancellationRequested
                && Stopwatch.GetElapsedTime(started) + pause < _retryFor)
            {
                // The other pooled connections are as lost as this one, if it was lost.
                if (PostgresFaults.LosesConnection(error))
                {
                    _connections.Clear();
                }

                await Task.Delay(pause * (0.5 + (0.5 * Random.Shared.NextDouble())), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (PostgresFaults.IsOfServer(error))
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw PostgresFaults.Explain(error, Place);
            }
        }
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
