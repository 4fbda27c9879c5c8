using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Evaluation.DataSets;

/// <summary>Reads the lines of a data set and handles broken ones.</summary>
internal static class DataSetLines
{
    /// <summary>Reads JSON lines, one object of the data set in each, or an array of such objects; blank lines are passed
    /// over.</summary>
    public static IEnumerable<QuestionItem> OfJson<TLine>(
        string path, Action<BrokenLine>? skip, Func<TLine, long, IEnumerable<QuestionItem>> items)
        where TLine : class
    {
        RequireFile(path);
        return Walk();

        IEnumerable<QuestionItem> Walk()
        {
            foreach ((byte[] json, long number) in JsonObjects.Read(path))
            {
                foreach (QuestionItem item in Guard(path, number, skip, () => items(DataSetJson.Parse<TLine>(json), number)))
                {
                    yield return item;
                }
            }
        }
    }

    /// <summary>Reads one JSON document, an array or an object with the array <c>data</c>, that holds the objects of the data set,
    /// one object at a time.</summary>
    public static IEnumerable<QuestionItem> OfJsonArray<TElement>(
        string path, Action<BrokenLine>? skip, Func<TElement, IEnumerable<QuestionItem>> items)
        where TElement : class
    {
        RequireFile(path);
        return Walk();

        IEnumerable<QuestionItem> Walk()
        {
            using FileStream stream = File.OpenRead(path);
            _ = JsonObjects.StartsArray(stream, path);
            var elements = new JsonArrayElements(stream, path);
            while (elements.Next() is { } element)
            {
                long number = elements.Line;
                foreach (QuestionItem item in Guard(path, number, skip, () => items(DataSetJson.Parse<TElement>(element))))
                {
                    yield return item;
                }
            }
        }
    }

    /// <summary>Creates the questions of one line, or none if the line is broken and may be skipped.</summary>
    public static IReadOnlyList<QuestionItem> Guard(
        string file, long line, Action<BrokenLine>? skip, Func<IEnumerable<QuestionItem>> items)
    {
        try
        {
            return [.. items()];
        }
        catch (Exception fault) when (fault is DataSetFault or JsonException or InvalidOperationException)
        {
            var broken = new BrokenLine(
                file, line,
                fault is DataSetFault ? fault.Message : $"not the JSON of this data set: {JsonFaults.Describe(fault)}.");
            if (skip is null)
            {
                throw new LlocoException($"{broken} Correct it, or ask for broken lines to be passed over.", fault);
            }

            skip(broken);
            return [];
        }
    }

    /// <summary>Throws if a file is missing, before the first question is read.</summary>
    public static void RequireFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
        {
            throw new LlocoException(Directory.Exists(path)
                ? $"'{path}' is a folder. Name one of its files."
                : $"The data set '{path}' does not exist.");
        }

        // Opening a pipe blocks until another process writes to it. Besides, some data sets are read twice.
        if (!TextFile.HasContent(path))
        {
            throw new LlocoException($"The data set '{path}' is empty, or no file but a pipe or a device.");
        }
    }
}
