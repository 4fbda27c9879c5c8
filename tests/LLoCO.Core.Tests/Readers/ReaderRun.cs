using System.IO.Compression;
using System.Text;
using LLoCO.Readers;

namespace LLoCO.Core.Tests.Readers;

/// <summary>Reads bytes that a test makes, as a file of a name.</summary>
internal static class ReaderRun
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<string> ReadAsync(string name, byte[] content, ReaderLimits? limits = null)
    {
        using var stream = new MemoryStream(content);
        return await new DocumentReaders(limits).ReadAsync(stream, name, Token);
    }

    public static Task<string> ReadAsync(string name, string content, ReaderLimits? limits = null) =>
        ReadAsync(name, Encoding.UTF8.GetBytes(content), limits);

    /// <summary>Reads what must be refused by its name, and gives the message.</summary>
    public static async Task<string> RefuseAsync(string name, byte[] content, ReaderLimits? limits = null)
    {
        LlocoException refusal = await Assert.ThrowsAsync<LlocoException>(() => ReadAsync(name, content, limits));
        Assert.StartsWith(name, refusal.Message, StringComparison.Ordinal);
        return refusal.Message;
    }

    public static Task<string> RefuseAsync(string name, string content, ReaderLimits? limits = null) =>
        RefuseAsync(name, Encoding.UTF8.GetBytes(content), limits);

    /// <summary>Makes an archive.</summary>
    public static byte[] Zip(params (string Name, string Content)[] parts)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, string content) in parts)
            {
                using Stream part = archive.CreateEntry(name).Open();
                part.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return stream.ToArray();
    }

    public static string Repeat(string part, int count) => string.Concat(Enumerable.Repeat(part, count));
}
