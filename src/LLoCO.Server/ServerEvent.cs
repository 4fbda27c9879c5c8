namespace LLoCO.Server;

/// <summary>An event of a stream.</summary>
/// <param name="Name">Its name; <see langword="null"/> for none.</param>
/// <param name="Data">Its data: an object, or a text that is sent as it is.</param>
internal readonly record struct ServerEvent(string? Name, object Data);
