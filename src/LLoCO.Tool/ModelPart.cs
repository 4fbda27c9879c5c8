namespace LLoCO.Tool;

/// <summary>One part of a model folder, as <c>lloco inspect</c> tells it.</summary>
/// <param name="Name">The part.</param>
/// <param name="Note">What it is, or why it cannot be used.</param>
/// <param name="IsSupported">Whether it can be used; <see langword="null"/> where the folder has none and needs none, or where it
/// could not be checked.</param>
internal sealed record ModelPart(string Name, string Note, bool? IsSupported);
