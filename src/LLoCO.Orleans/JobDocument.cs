using Orleans;

namespace LLoCO.Orleans;

/// <summary>A document of a job: its id in the index and its file, which the silo that takes it reads.</summary>
/// <param name="Id">The document's id; unique in the job and in the index.</param>
/// <param name="Path">The file, at a path that every silo has.</param>
[GenerateSerializer]
[Immutable]
public sealed record JobDocument(string Id, string Path);
