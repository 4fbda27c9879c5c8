namespace LLoCO.Server.OpenApi;

/// <summary>The body that an endpoint takes.</summary>
/// <param name="Type">Its type, for the document.</param>
internal sealed record BodyMetadata(Type Type);
