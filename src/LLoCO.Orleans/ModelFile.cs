namespace LLoCO.Orleans;

/// <summary>A file of a model in a store.</summary>
/// <param name="Name">Its name, without a folder.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Hash">SHA-256 of its bytes, lower-case hex.</param>
public sealed record ModelFile(string Name, long Length, string Hash);
