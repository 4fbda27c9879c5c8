using System.Diagnostics;
using System.Text;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests;

public sealed class TextFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => _folder.PathOf("a.txt");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("utf-32BE")]
    public async Task Read_TextWithByteOrderMark_IsTheText(string encoding)
    {
        const string Text = "Mast, Größe, 陈雪, 🚢\r\n";
        await System.IO.File.WriteAllTextAsync(File, Text, Encoding.GetEncoding(encoding), Token);

        Assert.Equal(Text, await TextFile.ReadAsync(File, Token));
    }

    [Theory]
    [InlineData("FFFE6100620063", "not UTF-16")] // an odd last byte
    [InlineData("FEFF00610062FF", "not UTF-16")]
    [InlineData("FFFE3DD86100", "not UTF-16")] // half a surrogate pair
    [InlineData("FFFE0000610000", "not UTF-32")] // three bytes
    [InlineData("0000FEFF00110000", "not UTF-32")] // beyond the last character
    [InlineData("61006200", "NUL")] // UTF-16 without a byte order mark
    [InlineData("61C3", "not UTF-8")]
    [InlineData("EFBBBF61FF62", "not UTF-8")]
    [InlineData("61EDA080", "not UTF-8")] // a surrogate as three bytes
    public async Task Read_NoText_IsRefusedByName(string bytes, string fault)
    {
        await System.IO.File.WriteAllBytesAsync(File, Convert.FromHexString(bytes), Token);

        var error = await Assert.ThrowsAsync<LlocoException>(async () => await TextFile.ReadAsync(File, Token));

        Assert.Contains(File, error.Message, StringComparison.Ordinal);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("%PDF-1.4\n1 0 obj", "is a PDF file")]
    [InlineData("\uFEFF\r\n %PDF-1.7", "is a PDF file")]
    [InlineData("%!PS-Adobe-3.0\n", "is a PostScript file")]
    [InlineData("{\\rtf1\\ansi Hello}", "is an RTF file")]
    [InlineData("PK\u0003\u0004\u0014\0\u0006\0 word/document.xml", "is a ZIP archive")]
    [InlineData("PK\u0005\u0006", "is a ZIP archive")]
    [InlineData("SQLite format 3\0", "is an SQLite database")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n", "is a Git LFS pointer in place of the file (which has 12 bytes)")]
    [InlineData("\u00D0\u00CF\u0011\u00E0\u00A1\u00B1\u001A\u00E1", "is a file of Office's old formats")]
    [InlineData("\u0089PNG\r\n", "is a picture")]
    [InlineData("\u00FF\u00D8\u00FF\u00E0", "is a picture")]
    [InlineData("\u001F\u008B\u0008", "is compressed by gzip")]
    public async Task Read_AFileOfAnotherFormat_IsRefusedByItsName(string content, string fault)
    {
        // Signs up to U+00FF are bytes here.
        await System.IO.File.WriteAllBytesAsync(
            File, content[0] == '\uFEFF' ? Encoding.UTF8.GetBytes(content) : Encoding.Latin1.GetBytes(content), Token);

        var error = await Assert.ThrowsAsync<LlocoException>(async () => await TextFile.ReadAsync(File, Token));

        Assert.StartsWith($"{File} {fault}", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, Assert.Throws<LlocoException>(() => TextFile.Read(File)).Message);
    }

    [Theory]
    [InlineData("A file begins with %PDF-1.4.")]
    [InlineData("PK\nis short for penalty kick.")]
    [InlineData("The GIF89a format")]
    [InlineData("version https is newer than http")]
    public async Task Read_TextThatSpeaksOfFormats_IsTheText(string text)
    {
        await System.IO.File.WriteAllTextAsync(File, text, Token);

        Assert.Equal(text, await TextFile.ReadAsync(File, Token));
    }

    [Fact]
    public async Task Read_FileBeyondTheLimit_IsRefused()
    {
        using (FileStream stream = System.IO.File.Create(File))
        {
            stream.SetLength(TextFile.MaxBytes + 1L);
        }

        var error = await Assert.ThrowsAsync<LlocoException>(async () => await TextFile.ReadAsync(File, Token));

        Assert.Contains("more than 64 MiB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_PipeAndDevice_AreRefusedAtOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes and devices among files.");
        string pipe = _folder.PathOf("pipe.txt");
        using (Process made = Process.Start("mkfifo", pipe))
        {
            await made.WaitForExitAsync(Token);
        }

        string link = _folder.PathOf("link.txt");
        System.IO.File.CreateSymbolicLink(link, "/dev/zero");
        foreach (string path in (string[])[pipe, "/dev/zero", link])
        {
            var error = await Assert.ThrowsAsync<LlocoException>(
                () => TextFile.ReadAsync(path, Token).AsTask().WaitAsync(TimeSpan.FromMinutes(5), Token));
            Assert.Contains("no file but a pipe or a device", error.Message, StringComparison.Ordinal);
        }
    }
}
