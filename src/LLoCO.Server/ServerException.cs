namespace LLoCO.Server;

/// <summary>A request that is refused, with what the caller is told.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="code">A word that programs read.</param>
/// <param name="message">What is wrong, and the remedy.</param>
/// <param name="param">The parameter that is wrong; <see langword="null"/> where it is none.</param>
internal sealed class ServerException(int status, string code, string message, string? param = null) : Exception(message)
{
    /// <summary>Gets the HTTP status.</summary>
    public int Status => status;

    /// <summary>Gets the word that programs read.</summary>
    public string Code => code;

    /// <summary>Gets the parameter that is wrong.</summary>
    public string? Param => param;

    /// <summary>Gets the seconds after which a further try makes sense; 0 for none.</summary>
    public int RetryAfter { get; init; }

    /// <summary>Makes the error of a parameter.</summary>
    /// <param name="param">The parameter.</param>
    /// <param name="message">What is wrong, and the remedy.</param>
    public static ServerException Invalid(string? param, string message) => new(400, "invalid_value", message, param);
}
