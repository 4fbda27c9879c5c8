using LLoCO.Core;

namespace LLoCO.Evaluation.DataSets;

/// <summary>Yields the objects of a file one at a time: one per line, or the elements of one array. Bytes are not decoded, so the
/// JSON parser sees invalid UTF-8 instead of replacement characters.</summary>
internal static class JsonObjects
{
    private const int HeadLength = 4096;

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads the objects.</summary>
    /// <param name="path">The file; must exist.</param>
    /// <returns>The JSON of each, and the line in which it begins, from 1. Blank lines are passed over.</returns>
    /// <exception cref="LlocoException">The file is UTF-16 or UTF-32, an array that ends too early, or holds an object of more than
    /// 64 MiB.</exception>
    public static IEnumerable<(byte[] Json, long Line)> Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        bool isArray = StartsArray(stream, path);
        if (isArray)
        {
            var elements = new JsonArrayElements(stream, path);
            while (elements.Next() is { } element)
            {
                yield return (element, elements.Line);
            }

            yield break;
        }

        foreach ((byte[] Json, long Line) line in Lines(stream, path))
        {
            yield return line;
        }
    }

    /// <summary>Checks the beginning of a file, and leaves the stream after its byte order mark.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="path">Its path, for the message.</param>
    /// <returns>Whether it is an array.</returns>
    /// <exception cref="LlocoException">The file is UTF-16 or UTF-32.</exception>
    public static bool StartsArray(FileStream stream, string path)
    {
        Span<byte> head = stackalloc byte[HeadLength];
        head = head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        if (head is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, 0, 0xFE, 0xFF, ..])
        {
            throw new LlocoException($"'{path}' is UTF-16 or UTF-32 text. Convert it to UTF-8 first.");
        }

        int mark = head.StartsWith(Utf8Mark) ? Utf8Mark.Length : 0;
        stream.Position = mark;
        return head[mark..].TrimStart(" \t\r\n"u8) is [(byte)'[', ..];
    }

    private static IEnumerable<(byte[] Json, long Line)> Lines(FileStream stream, string path)
    {
        long number = 0;
        foreach ((byte[] line, _) in ByteLines.Read(stream, path))
        {
            number++;
            if (!line.AsSpan().Trim(" \t\r"u8).IsEmpty)
            {
                yield return (line, number);
            }
        }
    }
}
