using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// A file read at given offsets; every failure is a <see cref="CheckpointFormatException"/>. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Positional reads instead of a memory mapping: they are as fast from the page cache, but if another process truncates the file,
/// they throw an exception, while access to a mapped page would end the process (SIGBUS).
/// </remarks>
internal sealed class BinaryFile : IDisposable
{
    /// <summary>A multiple of every element size, so that no chunk cuts a number in two.</summary>
    private const int ChunkBytes = 1 << 20;

    /// <summary>Small enough to stay in a core's own cache between reading and hashing.</summary>
    private const int PieceBytes = 1 << 18;

    private readonly SafeFileHandle _handle;

    private BinaryFile(string path, SafeFileHandle handle, long length)
    {
        Path = path;
        _handle = handle;
        Length = length;
    }

    public string Path { get; }

    /// <summary>Gets the length in bytes when the file was opened.</summary>
    public long Length { get; }

    public static BinaryFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SafeFileHandle? handle = null;
        try
        {
            if (File.Exists(path) && !FileContent.Exists(path))
            {
                // To open a pipe waits until someone writes to it.
                throw new CheckpointFormatException(path, null, ForeignFile.Describe([])!);
            }

            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            return new BinaryFile(path, handle, RandomAccess.GetLength(handle));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CheckpointFormatException(path, null, "the file does not exist", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            handle?.Dispose();
            throw new CheckpointFormatException(path, null, $"the file cannot be opened: {error.Message}", error);
        }
    }

    /// <summary>Reads a small piece whole. The caller has bounded <paramref name="count"/>.</summary>
    public byte[] Read(long offset, int count, string? key)
    {
        EnsureInside(offset, count, key);
        byte[] bytes = new byte[count];
        Fill(offset, bytes, key);
        return bytes;
    }

    /// <summary>Fills a buffer from an offset on.</summary>
    public void Fill(long offset, Span<byte> buffer, string? key)
    {
        try
        {
            while (buffer.Length > 0)
            {
                int read = RandomAccess.Read(_handle, buffer, offset);
                if (read == 0)
                {
                    throw new CheckpointFormatException(
                        Path, key, $"the file ends at byte {offset}, {buffer.Length} bytes early");
                }

                offset += read;
                buffer = buffer[read..];
            }
        }
        catch (IOException error)
        {
            throw new CheckpointFormatException(Path, key, $"the file cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Streams a range in chunks that hold whole numbers of every element type.</summary>
    public void Copy(long offset, long count, string? key, TensorWriter destination)
    {
        EnsureInside(offset, count, key);
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(count, ChunkBytes));
        try
        {
            while (count > 0)
            {
                Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(count, ChunkBytes));
                Fill(offset, chunk, key);
                destination(chunk);
                offset += chunk.Length;
                count -= chunk.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a range directly to its place.</summary>
    /// <param name="offset">First byte in the file.</param>
    /// <param name="place">Memory for the whole range.</param>
    /// <param name="count">Its bytes.</param>
    /// <param name="key">The tensor, for messages.</param>
    /// <param name="seen">Sees each piece while it is still in the processor's cache.</param>
    public unsafe void ReadTo(long offset, byte* place, long count, string? key, TensorWriter? seen)
    {
        EnsureInside(offset, count, key);
        for (long done = 0; done < count;)
        {
            var piece = new Span<byte>(place + done, (int)Math.Min(count - done, PieceBytes));
            Fill(offset + done, piece, key);
            seen?.Invoke(piece);
            done += piece.Length;
        }
    }

    public void Dispose() => _handle.Dispose();

    private void EnsureInside(long offset, long count, string? key)
    {
        if (offset < 0 || count < 0 || offset > Length || count > Length - offset)
        {
            throw new CheckpointFormatException(
                Path, key, $"{count} bytes are said to lie at byte {offset}, but the file has {Length} bytes");
        }
    }
}
