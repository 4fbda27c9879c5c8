using System.Text.Json;
using System.Text.Json.Serialization;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Tool.Verbs.Train;

/// <summary>Seed prompts by name or from a file.</summary>
internal static class StudyPromptFile
{
    /// <summary>Finds seed prompts.</summary>
    /// <param name="name"><c>cue</c>, <c>instructed</c>, <c>cloze</c>, a JSON file, or several of them with commas between.</param>
    /// <exception cref="LlocoException">The file does not exist, or contains no seed prompts.</exception>
    public static IReadOnlyList<StudyPrompt> Named(string name) => name switch
    {
        "cue" => [StudyPrompt.Cue],
        "instructed" => StudyPrompt.Instructed,
        "cloze" => [StudyPrompt.Cloze],
        _ when File.Exists(name) => Read(name),
        _ when name.Contains(',', StringComparison.Ordinal) => [.. name.Split(',').SelectMany(Named).Distinct()],
        _ => throw new LlocoException($"There are no seed prompts '{name}': name cue, instructed, cloze or a JSON file."),
    };

    private static IReadOnlyList<StudyPrompt> Read(string file)
    {
        try
        {
            IReadOnlyList<Entry?>? entries = JsonSerializer.Deserialize<IReadOnlyList<Entry?>>(TextFile.Read(file));
            return entries is { Count: > 0 }
                ? [.. entries.Select(entry => (entry ?? new Entry(null, null, null, null, false)).ToPrompt())]
                : throw new LlocoException($"'{file}' holds no seed prompt.");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new LlocoException(
                $"'{file}' holds no seed prompts: {(error is ArgumentException ? error.Message : JsonFaults.Describe(error) + ".")} "
                + $"Give [{{\"name\", \"text\" with {StudyPrompt.ChunkMark}}}].",
                error);
        }
    }

    private sealed record Entry(
        [property: JsonPropertyName("name")] string? Name,
        [property: JsonPropertyName("text")] string? Text,
        [property: JsonPropertyName("question")] string? Question,
        [property: JsonPropertyName("greedy_after")] string? GreedyAfter,
        [property: JsonPropertyName("extractive")] bool Extractive)
    {
        public StudyPrompt ToPrompt() =>
            new(Name ?? string.Empty, Text ?? string.Empty)
            {
                Question = Question, GreedyAfter = GreedyAfter ?? (Question is null ? null : string.Empty),
                Extractive = Extractive,
            };
    }
}
