namespace LLoCO.Server;

/// <summary>How an interface tells of errors.</summary>
internal interface IErrorForm
{
    /// <summary>Makes the body of a response that is an error.</summary>
    /// <param name="error">The error.</param>
    object Body(ServerException error);

    /// <summary>Makes the events that end a stream which has begun.</summary>
    /// <param name="error">The error.</param>
    IEnumerable<ServerEvent> Events(ServerException error);
}
