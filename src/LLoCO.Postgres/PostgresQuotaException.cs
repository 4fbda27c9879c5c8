using LLoCO.Core;

namespace LLoCO.Postgres;

/// <summary>A tenant would keep more in an index than it may (<see cref="PostgresIndexOptions.MaxDocuments"/> and others). Nothing was
/// changed.</summary>
public sealed class PostgresQuotaException : LlocoException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What would be exceeded, by how much, and what to do.</param>
    public PostgresQuotaException(string message)
        : base(message)
    {
    }
}
