using LLoCO.Core;

namespace LLoCO.Postgres;

/// <summary>The server of an index could not be reached, or did not stay, for as long as the call was allowed to try
/// (<see cref="PostgresIndexOptions.RetryFor"/>). What was reported as stored is stored; the same call may succeed later.</summary>
public sealed class PostgresUnavailableException : LlocoException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which index, and what to do.</param>
    /// <param name="innerException">The last fault.</param>
    public PostgresUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
