using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Tool.Verbs.Bench;

/// <summary>A question that was routed in one way.</summary>
/// <param name="Id">The question.</param>
/// <param name="Row">The way.</param>
/// <param name="Right">Whether the answer is right.</param>
/// <param name="Routed">Whether the question's document was read for the answer.</param>
/// <param name="Group">The group of the documents read.</param>
/// <param name="RetrieveSeconds">Seconds until the first answer could start.</param>
/// <param name="Seconds">Seconds in all.</param>
internal sealed record RoutedQuestion(
    string Id, string Row, bool Right, bool Routed, string? Group, double RetrieveSeconds, double Seconds)
{
    /// <summary>Writes questions as JSON lines.</summary>
    /// <param name="file">The file.</param>
    /// <param name="questions">The questions.</param>
    public static void Write(string file, IEnumerable<RoutedQuestion> questions) => AtomicFile.Write(file, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        foreach (RoutedQuestion question in questions)
        {
            writer.WriteLine(JsonSerializer.Serialize(question));
        }
    });

    /// <summary>Reads what was written.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="LlocoException">It is none of these files.</exception>
    public static IReadOnlyList<RoutedQuestion> Read(string file)
    {
        try
        {
            return [.. TextFile.Read(file).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonSerializer.Deserialize<RoutedQuestion>(line)
                    ?? throw new LlocoException($"{file} holds a line that is no question."))];
        }
        catch (JsonException fault)
        {
            throw new LlocoException($"{file} was not written by --results of this measurement: {fault.Message}", fault);
        }
    }
}
