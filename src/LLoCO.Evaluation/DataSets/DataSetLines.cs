using System.Text.Json;
using LLoCO.Core;

namespace LLoCO.Evaluation.DataSets;

/// <summary>Walks through the lines of a data set and deals with the broken ones.</summary>
internal static class DataSetLines
{
    /// <summary>Reads JSON lines, one object of the data set in each; blank lines are passed over.</summary>
    public static IEnumerable<QuestionItem> OfJson<TLine>(
        string path, Action<BrokenLine>? skip, Func<TLine, long, IEnumerable<QuestionItem>> items)
        where TLine : class
    {
        RequireFile(path);
        return Walk();

        IEnumerable<QuestionItem> Walk()
        {
            long number = 0;
            foreach (string line in File.ReadLines(path))
            {
                number++;
                if (!string.IsNullOrWhiteSpace(line))
                {
                    foreach (QuestionItem item in Guard(path, number, skip, () => items(Parse<TLine>(line), number)))
                    {
                        yield return item;
                    }
                }
            }
        }
    }

    /// <summary>Reads one JSON document whose array holds the objects of the data set, one object at a time.</summary>
    public static IEnumerable<QuestionItem> OfJsonArray<TElement>(
        string path, Action<BrokenLine>? skip, Func<TElement, IEnumerable<QuestionItem>> items)
        where TElement : class
    {
        RequireFile(path);
        return Walk();

        IEnumerable<QuestionItem> Walk()
        {
            using FileStream stream = File.OpenRead(path);
            var elements = new JsonArrayElements(stream, path);
            while (elements.Next() is { } element)
            {
                long number = elements.Line;
                foreach (QuestionItem item in Guard(path, number, skip, () => items(Parse<TElement>(element))))
                {
                    yield return item;
                }
            }
        }
    }

    /// <summary>Makes the questions of one line, or of none where the line is broken and may be passed over.</summary>
    public static IReadOnlyList<QuestionItem> Guard(
        string file, long line, Action<BrokenLine>? skip, Func<IEnumerable<QuestionItem>> items)
    {
        try
        {
            return [.. items()];
        }
        catch (Exception fault) when (fault is DataSetFault or JsonException)
        {
            var broken = new BrokenLine(
                file, line, fault is JsonException ? $"not the JSON of this data set: {fault.Message}" : fault.Message);
            if (skip is null)
            {
                throw new LlocoException($"{broken} Correct it, or ask for broken lines to be passed over.", fault);
            }

            skip(broken);
            return [];
        }
    }

    /// <summary>Complains where a file is absent, before the first question is asked for.</summary>
    public static void RequireFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
        {
            throw new LlocoException(Directory.Exists(path)
                ? $"'{path}' is a folder. Name one of its files."
                : $"The data set '{path}' does not exist.");
        }
    }

    private static T Parse<T>(string json)
        where T : class => JsonSerializer.Deserialize<T>(json) ?? throw new DataSetFault("null is no object.");

    private static T Parse<T>(byte[] json)
        where T : class => JsonSerializer.Deserialize<T>(json) ?? throw new DataSetFault("null is no object.");
}
