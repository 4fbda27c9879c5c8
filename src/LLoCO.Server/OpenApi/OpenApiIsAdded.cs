namespace LLoCO.Server.OpenApi;

/// <summary>Tells the endpoints that the application has an OpenAPI document for them.</summary>
internal sealed class OpenApiIsAdded;
