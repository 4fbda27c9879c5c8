using LLoCO.Core;

namespace LLoCO.Orleans;

/// <summary>Makes a document of what a job says of it; the silo's readers decide which files can be read.</summary>
/// <param name="document">Id and file.</param>
/// <param name="group">The group.</param>
/// <param name="replaces">Whether it may replace another document of its id.</param>
/// <returns>The document.</returns>
public delegate SourceDocument OpenDocument(JobDocument document, string group, bool replaces);
