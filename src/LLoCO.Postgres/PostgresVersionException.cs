using LLoCO.Core;

namespace LLoCO.Postgres;

/// <summary>The tables of an index have a newer version than this library knows. Nothing was written.</summary>
public sealed class PostgresVersionException : LlocoException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which index, and both versions.</param>
    public PostgresVersionException(string message)
        : base(message)
    {
    }
}
