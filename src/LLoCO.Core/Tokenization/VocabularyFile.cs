using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Tokenization;

/// <summary>Reads whole vocabulary files with a limit, because they are untrusted and may have any size.</summary>
internal static class VocabularyFile
{
    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="maximumBytes">The most to take into memory.</param>
    /// <returns>All bytes.</returns>
    /// <exception cref="CheckpointFormatException">There are more than <paramref name="maximumBytes"/>, or they are those of another
    /// kind of file.</exception>
    public static byte[] ReadAll(Stream stream, string name, int maximumBytes)
    {
        using var buffer = new MemoryStream();
        byte[] chunk = new byte[81920];
        for (int read; (read = stream.Read(chunk)) > 0;)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > maximumBytes)
            {
                throw new CheckpointFormatException(
                    name, null, $"is larger than {maximumBytes >> 20} MB, so it is not a vocabulary; check the path.");
            }
        }

        byte[] data = buffer.ToArray();
        ForeignFile.Refuse(name, data.AsSpan(0, Math.Min(data.Length, ForeignFile.HeadBytes)));
        return data;
    }
}
