namespace LLoCO.Server;

/// <summary>Errors as OpenAI's interface tells them.</summary>
internal sealed class OpenAIErrorForm : IErrorForm
{
    /// <summary>Gets the form.</summary>
    public static OpenAIErrorForm Instance { get; } = new();

    /// <summary>Names the kind of an error.</summary>
    /// <param name="error">The error.</param>
    public static string Kind(ServerException error) => error.Status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    /// <inheritdoc/>
    public object Body(ServerException error) => new
    {
        error = new { message = error.Message, type = Kind(error), param = error.Param, code = error.Code },
    };

    /// <inheritdoc/>
    public IEnumerable<ServerEvent> Events(ServerException error) => [new("error", Body(error)), new(null, "[DONE]")];
}
