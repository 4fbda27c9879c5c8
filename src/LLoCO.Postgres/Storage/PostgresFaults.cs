using System.Net.Sockets;
using LLoCO.Core;
using Npgsql;

namespace LLoCO.Postgres.Storage;

/// <summary>Sorts faults of a server into those that pass and others, and turns them into messages that say what to do.</summary>
internal static class PostgresFaults
{
    /// <summary>Tells whether a fault comes from the server or from the way to it.</summary>
    /// <param name="error">The error.</param>
    /// <returns>Whether <see cref="Explain"/> takes it.</returns>
    public static bool IsOfServer(Exception error) => error is NpgsqlException or SocketException or TimeoutException or IOException
        or InvalidCastException or OverflowException;

    /// <summary>Tells whether a fault may be gone when the work is done again.</summary>
    /// <param name="error">The error.</param>
    /// <returns>Whether to try again.</returns>
    public static bool Passes(Exception error) => error switch
    {
        // Classes 08 (connection), 40 (rolled back: serialization, deadlock), 53 (too many connections), 57P (the server stops or starts),
        // 25P03 (idle for too long): https://www.postgresql.org/docs/17/errcodes-appendix.html
        PostgresException server => server.SqlState is "25P03" or "57P01" or "57P02" or "57P03" or "57P05" or "53300"
            || server.SqlState.StartsWith("08", StringComparison.Ordinal) || server.SqlState is "40001" or "40P01",
        _ when IsUnknownHost(error) => false,
        NpgsqlException way => way.IsTransient || way.InnerException is IOException or SocketException or TimeoutException,
        SocketException or IOException => true,
        _ => false,
    };

    /// <summary>Tells whether a fault ended the connection.</summary>
    /// <param name="error">The error.</param>
    /// <returns>Whether the connection is gone.</returns>
    public static bool LosesConnection(Exception error) => error is not PostgresException { SqlState: "40001" or "40P01" or "53300" };

    /// <summary>Turns a fault into one that names the index and the remedy.</summary>
    /// <param name="error">The fault.</param>
    /// <param name="place">The index.</param>
    /// <returns>The error to throw.</returns>
    public static LlocoException Explain(Exception error, PostgresPlace place)
    {
        string fault = ExplainAccess(error) ?? error switch
        {
            PostgresException { SqlState: "3D000" } => "has no such database. Create it (createdb), or correct the address",
            PostgresException { SqlState: "0A000" or "58P01" or "42704" } missing when Names(missing, "vector") =>
                "has no pgvector extension. Install it on the server (Debian: postgresql-17-pgvector)",
            PostgresException { SqlState: "55P03" or "57014" } => "is being written by another for too long. Try again when that has ended",
            PostgresException { SqlState: "53100" or "53200" } => "is out of disk space or memory. Nothing of this call was kept; free some "
                + "and try again",
            PostgresException { SqlState: "XX001" or "XX002" } => "is damaged. Restore it from a backup",
            PostgresException when Passes(error) => "ended the connection each time it was tried. What was reported as stored is stored; "
                + "try again when the server is at rest",
            PostgresException => "refused a statement",
            InvalidCastException or OverflowException => "holds values that no version of this library writes. Restore it from a backup, or "
                + "ingest the documents into another schema",
            _ when IsUnknownHost(error) => "is on a host that is not known here. Correct the host in the address",
            _ => "cannot be reached. Check that the server runs at this address; what was reported as stored is stored",
        };

        // Messages of Npgsql name hosts, ports and statements, never the password.
        string message = $"The PostgreSQL index {place} {fault}. ({Message(error)})";
        return Passes(error) ? new PostgresUnavailableException(message, error) : new LlocoException(message, error);
    }

    /// <summary>The error for a document with content that no version of this library writes.</summary>
    /// <param name="documentId">The document it belongs to.</param>
    /// <param name="fault">What is wrong.</param>
    /// <param name="innerException">The cause, if another error led here.</param>
    /// <returns>The error to throw.</returns>
    public static LlocoException Damaged(string documentId, string fault, Exception? innerException = null) =>
        new($"The index's entry of document '{documentId}' is damaged: {fault}. Delete the document and ingest it again.", innerException);

    /// <summary>Explains who is not let in, or may not do something.</summary>
    private static string? ExplainAccess(Exception error) => error switch
    {
        PostgresException { SqlState: "28000" } refused when Names(refused, "pg_hba.conf") =>
            "has no rule that lets this user in from here. Add one to pg_hba.conf on the server, or correct the address",
        PostgresException { SqlState: "28P01" or "28000" } => "refused the user or password. Correct the address, or set PGPASSWORD",
        PostgresException { SqlState: "42501" } extension when Names(extension, "extension") =>
            "does not let this role add pgvector to the database. Run CREATE EXTENSION vector there once, as a superuser or the owner of the database",
        PostgresException { SqlState: "42501" } => "does not let this role do that. Open the index once as the owner of the database, "
            + "and allow the role (ConfineAsync)",
        NpgsqlException and not PostgresException when error.Message.Contains("No password", StringComparison.Ordinal) =>
            "wants a password, and there is none. Set PGPASSWORD, or write one into .pgpass",
        _ => null,
    };

    private static bool Names(PostgresException error, string word) => error.MessageText.Contains(word, StringComparison.Ordinal);

    private static bool IsUnknownHost(Exception error) =>
        (error as SocketException ?? error.InnerException as SocketException)?.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData;

    private static string Message(Exception error) => error is PostgresException server ? $"{server.SqlState}: {server.MessageText}" : error.Message;
}
