using LLoCO.Core;

namespace LLoCO.Orleans.Jobs;

/// <summary>Ids of jobs, which are names of folders.</summary>
internal static class JobNames
{
    private const int MaxLength = 64;

    /// <summary>Tells whether a text is an id.</summary>
    /// <param name="id">The text.</param>
    public static bool IsValid(string? id) =>
        id is { Length: > 0 and <= MaxLength } && id.All(sign => char.IsAsciiLetterLower(sign) || char.IsAsciiDigit(sign) || sign == '-');

    /// <summary>Makes the error of an id that no job has.</summary>
    /// <param name="id">The id.</param>
    public static LlocoException NoSuchJob(string id) => new($"There is no job '{id}'. 'lloco jobs list' names those that there are.");

    /// <summary>Makes an id: those of later jobs come later in the alphabet.</summary>
    /// <param name="kind">The kind of the job.</param>
    public static string New(JobKind kind) =>
        $"{DateTime.UtcNow:yyyyMMdd-HHmmss}-{(kind == JobKind.Compress ? "c" : "f")}-{Guid.NewGuid().ToString("N")[..6]}";
}
