using System.Text.Json;
using LLoCO.Core.Pipeline;

namespace LLoCO.Core;

/// <summary>Answers and results of ingestion as JSON.</summary>
public static class LlocoJson
{
    /// <summary>Gets options that read and write <see cref="LlocoAnswer"/>, <see cref="AnswerUpdate"/>, <see cref="IngestResult"/>,
    /// <see cref="IngestProgress"/> and <see cref="PrepareResult"/> with code compiled ahead: names in snake case, enums as words, no
    /// nulls. What is written can be read back.</summary>
    /// <remarks>Read-only. To use the same code in an application's own options, insert the
    /// <see cref="JsonSerializerOptions.TypeInfoResolver"/> of these into their <c>TypeInfoResolverChain</c>.</remarks>
    public static JsonSerializerOptions Options => LlocoJsonContext.Default.Options;
}
