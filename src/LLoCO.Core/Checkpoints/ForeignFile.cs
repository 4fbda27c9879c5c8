using System.Buffers.Binary;
using System.Text;

namespace LLoCO.Core.Checkpoints;

/// <summary>Recognizes files that are something else than a checkpoint by their first bytes, before a reader parses these as
/// sizes and offsets.</summary>
internal static class ForeignFile
{
    /// <summary>Number of first bytes to check; they include the size line of a pointer.</summary>
    internal const int HeadBytes = 512;

    private const string Fetch = "fetch the file itself (git lfs pull in the folder, or hf download NAME --local-dir FOLDER)";

    private const string Original =
        "use the model's float16, bfloat16 or float32 checkpoint as safetensors (the repository that this one was made from)";

    private static readonly string[] PlainAnswers =
        ["Entry not found", "Repository not found", "Invalid username or password", "Access to model ", "Not Found", "Unauthorized"];

    /// <summary>Refuses a file that is of another kind.</summary>
    /// <param name="file">The file, opened.</param>
    /// <exception cref="CheckpointFormatException">It is; the message says what it is and what to do.</exception>
    internal static void Refuse(BinaryFile file) =>
        Refuse(file.Path, file.Read(0, (int)Math.Min(file.Length, HeadBytes), null));

    /// <summary>Refuses a file that is of another kind.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="head">Its first bytes: <see cref="HeadBytes"/> of them, or all.</param>
    /// <exception cref="CheckpointFormatException">It is; the message says what it is and what to do.</exception>
    internal static void Refuse(string path, ReadOnlySpan<byte> head)
    {
        if (Describe(head) is { } fault)
        {
            throw new CheckpointFormatException(path, null, fault);
        }
    }

    /// <summary>Describes a file that is in the place of a checkpoint's file.</summary>
    /// <param name="head">Its first bytes.</param>
    /// <returns>What it is and the remedy; <see langword="null"/> for anything else.</returns>
    internal static string? Describe(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
        {
            return $"the file is empty (a download was broken off), or no file but a pipe or a device; {Fetch}";
        }

        ReadOnlySpan<byte> text = head.StartsWith("\uFEFF"u8) ? head[3..] : head;
        text = text.TrimStart(" \t\r\n"u8);
        return Pointer(text) ?? Page(text) ?? OtherFormat(head);
    }

    /// <summary>Describes a pointer that a version control system keeps in place of a file.</summary>
    /// <param name="text">The first bytes of the file, from its first word on.</param>
    /// <returns>What it is and the remedy; <see langword="null"/> for anything else.</returns>
    internal static string? Pointer(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("version https://git-lfs"u8) || text.StartsWith("version https://hawser"u8))
        {
            string[] lines = Encoding.UTF8.GetString(text).Split('\n');
            string size = Array.Find(lines, line => line.StartsWith("size ", StringComparison.Ordinal))?[5..].Trim() ?? string.Empty;
            string bytes = size.Length is > 0 and < 20 && size.All(char.IsAsciiDigit) ? $" (which has {size} bytes)" : string.Empty;
            return $"is a Git LFS pointer in place of the file{bytes}: the repository was cloned without Git LFS; {Fetch}";
        }

        return text.StartsWith("# xet version"u8) ? $"is a Xet pointer in place of the file; {Fetch}"
            : text.StartsWith("/annex/objects/"u8) ? "is a git-annex pointer in place of the file; run git annex get in the folder"
            : null;
    }

    private static string? Page(ReadOnlySpan<byte> text)
    {
        string start = Encoding.Latin1.GetString(text[..Math.Min(text.Length, 64)]);
        bool isPage = start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || start.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
            || start.StartsWith("<head", StringComparison.OrdinalIgnoreCase);
        return isPage ? $"is an HTML page, not a model's file: a download ended at a page of the site; {Fetch}"
            : start.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase)
                ? $"is an XML document, not a model's file: a server's error message, as storage services send it; {Fetch}"
            : start.StartsWith("{\"error\"", StringComparison.Ordinal)
                ? $"is a server's error message in JSON, not a model's file; {Fetch}"
            : Array.Find(PlainAnswers, answer => start.StartsWith(answer, StringComparison.Ordinal)) is { } said
                ? $"is a server's answer ('{said.Trim()}'), not a model's file; {Fetch}"
            : null;
    }

    private static string? OtherFormat(ReadOnlySpan<byte> head) =>
        head.StartsWith("GGUF"u8) ? $"is a GGUF file (llama.cpp), whose weights are mostly quantized and are not read; {Original}"
        : head.StartsWith("tjgg"u8) || head.StartsWith("lmgg"u8) || head.StartsWith("fmgg"u8)
            ? $"is a GGML file of llama.cpp's first years, which is not read; {Original}"
        : IsHdf5(head) ? $"is an HDF5 file (TensorFlow), which is not read; {Original}"
        : head is [0x1f, 0x8b, ..]
            ? "is compressed by gzip; unpack it first"
        : null;

    private static bool IsHdf5(ReadOnlySpan<byte> head) =>
        head.Length >= 8 && BinaryPrimitives.ReadUInt64BigEndian(head) == 0x894844460d0a1a0a;
}
