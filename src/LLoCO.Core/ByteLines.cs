namespace LLoCO.Core;

/// <summary>
/// Reads a file line by line, with a limit for each line: a file without line ends must not fill the memory. The lines stay bytes,
/// so that a parser sees invalid UTF-8 and not replacement characters.
/// </summary>
public static class ByteLines
{
    /// <summary>Most bytes of a line, 64 MiB: more than the longest document of any data set.</summary>
    public const int MaxBytes = 1 << 26;

    /// <summary>Reads the lines from where a stream stands to its end.</summary>
    /// <param name="stream">The file; not closed here.</param>
    /// <param name="path">Its path, for the message.</param>
    /// <param name="maxBytes">Most bytes of a line.</param>
    /// <returns>The lines without their line feeds, blank ones too, and whether a line feed ended them: the last one may lack
    /// it.</returns>
    /// <exception cref="LlocoException">A line is longer than that.</exception>
    public static IEnumerable<(byte[] Bytes, bool IsEnded)> Read(Stream stream, string path, int maxBytes = MaxBytes)
    {
        byte[] buffer = new byte[1 << 16];
        using var line = new MemoryStream();
        long number = 1;
        int read;
        while ((read = stream.Read(buffer)) > 0)
        {
            int start = 0;
            for (int end; (end = Array.IndexOf(buffer, (byte)'\n', start, read - start)) >= 0; start = end + 1)
            {
                line.Write(buffer, start, end - start);
                yield return (line.ToArray(), true);
                line.SetLength(0);
                number++;
            }

            line.Write(buffer, start, read - start);
            if (line.Length > maxBytes)
            {
                throw new LlocoException(
                    $"{path}, line {number}: the line has more than {maxBytes >> 20} MiB, so it is none that belongs there. Name another "
                    + "file.");
            }
        }

        if (line.Length > 0)
        {
            yield return (line.ToArray(), false);
        }
    }
}
