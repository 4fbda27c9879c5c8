namespace LLoCO.Server.Answers;

/// <summary>Errors as Anthropic's interface tells them.</summary>
internal sealed class MessageErrorForm : IErrorForm
{
    /// <summary>Gets the form.</summary>
    public static MessageErrorForm Instance { get; } = new();

    /// <inheritdoc/>
    public object Body(ServerException error) => new
    {
        type = "error",
        error = new { type = Kind(error), message = error.Message },
    };

    /// <inheritdoc/>
    public IEnumerable<ServerEvent> Events(ServerException error) => [new("error", Body(error))];

    private static string Kind(ServerException error) => error.Status switch
    {
        404 => "not_found_error",
        413 => "request_too_large",
        503 => "overloaded_error",
        504 => "timeout_error",
        >= 500 => "api_error",
        _ => OpenAIErrorForm.Kind(error),
    };
}
