using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Index;

namespace LLoCO.Evaluation.Needles;

/// <summary>The user's own needles: JSON lines <c>{"needle", "question", "answer"}</c>. The hash of a needle says whether it is
/// for training or for the test, so that the two share none, in any order of the file.</summary>
public sealed class NeedleFile : INeedleSource
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly ILookup<bool, Needle> _byUse;
    private readonly string _path;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="LlocoException">It is not there, or a line is not a needle.</exception>
    public NeedleFile(string path)
    {
        _path = path;
        if (!File.Exists(path))
        {
            throw new LlocoException($"The file of needles '{path}' does not exist.");
        }

        _byUse = TextFile.ReadLines(path).Select(Parse).OfType<Needle>().Distinct().ToLookup(IsForTraining);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Needle> Take(int document, int count, bool training)
    {
        Needle[] taken = [.. _byUse[training].Skip(document * count).Take(count)];
        return taken.Length == count
            ? taken
            : throw new LlocoException(
                $"'{_path}' has {_byUse[training].Count()} needles for {(training ? "training" : "the test")}, and document "
                + $"{document + 1} needs those from number {(document * count) + 1} to {(document + 1) * count}. About half of the "
                + "needles are for each: bring more, or ask for fewer lengths, depths or repeats.");
    }

    private static bool IsForTraining(Needle needle) => Convert.ToInt32(ContentHash.OfText(needle.Text)[..1], 16) % 2 == 0;

    private Needle? Parse(string line, int place)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return null;
        }

        Line? needle;
        try
        {
            needle = JsonSerializer.Deserialize<Line>(line, Options);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new LlocoException($"{_path}, line {place + 1}: not the JSON of a needle: {JsonFaults.Describe(error)}.", error);
        }

        return needle is { Needle.Length: > 0, Question.Length: > 0, Answer.Length: > 0 }
            ? new Needle(needle.Needle, needle.Question, needle.Answer)
            : throw new LlocoException($"{_path}, line {place + 1}: 'needle', 'question' and 'answer' must all be there.");
    }

    private sealed record Line(string? Needle, string? Question, string? Answer);
}
