using LLoCO.Core.Checkpoints;

namespace LLoCO.Core;

/// <summary>Recognizes files of other formats under a name of text. Many of them can be decoded as UTF-8, and a model would read their
/// commands as words.</summary>
internal static class FormatSignature
{
    private const string Unpack = "Give it the ending that it had (.docx, .pptx, .epub), or unpack it";

    private static ReadOnlySpan<byte> Office => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G'];

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    /// <summary>Describes a file that is not text, by its first bytes.</summary>
    /// <param name="content">Its bytes, or some hundreds of the first.</param>
    /// <returns>The rest of a sentence that begins with its name, without the full stop: what it is, and the remedy;
    /// <see langword="null"/> for anything else.</returns>
    public static string? Describe(ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> text = content.StartsWith("\uFEFF"u8) ? content[3..] : content;
        text = text.TrimStart(" \t\r\n"u8);
        return text.StartsWith("%PDF-"u8) ? "is a PDF file, not text. Give it the ending .pdf, by which LLoCO.Readers and the command read it"
            : text.StartsWith("%!PS-Adobe"u8) ? "is a PostScript file, not text. Save it as PDF first"
            : text.StartsWith("{\\rtf"u8) ? "is an RTF file, not text. Save it as .docx or text first"
            : content.StartsWith("PK\u0003\u0004"u8) || content.StartsWith("PK\u0005\u0006"u8)
                ? $"is a ZIP archive, as DOCX, PPTX, EPUB and ODT files are, not text. {Unpack}"
            : content.StartsWith(Office) ? "is a file of Office's old formats (.doc, .xls, .ppt, .msg), not text. Save it as .docx or text first"
            : content.StartsWith(Png) || content.StartsWith(Jpeg) ? "is a picture, not text. Run text recognition (OCR) over it first"
            : content is [0x1F, 0x8B, ..] ? "is compressed by gzip. Unpack it first"
            : content.StartsWith("SQLite format 3\0"u8) ? "is an SQLite database, not text. An index is named with --index"
            : ForeignFile.Pointer(text[..Math.Min(text.Length, ForeignFile.HeadBytes)]);
    }
}
