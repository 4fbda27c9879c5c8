using System.IO.Compression;
using System.Text;
using LLoCO.Readers;
using Xunit;

namespace LLoCO.Core.Tests.Readers;

/// <summary>Counts what the whole process allocates, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(PdfMemoryTests), DisableParallelization = true)]
[Collection(nameof(PdfMemoryTests))]
public sealed class PdfMemoryTests
{
    [Fact]
    public async Task Read_AStreamThatUnpacksToTooMuch_IsRefusedInLittleMemory()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] spaces = Encoding.ASCII.GetBytes(new string(' ', 1 << 16));
            for (int i = 0; i < 1024; i++)
            {
                zlib.Write(spaces);
            }
        }

        byte[] file = MinimalPdf.Build(packed.ToArray(), "/Filter/FlateDecode");
        long before = GC.GetTotalAllocatedBytes();

        string message = await ReaderRun.RefuseAsync("bomb.pdf", file, new ReaderLimits { MaxUnpackedBytes = 8 << 20 });

        Assert.Contains("unpacks to more than 8 MiB", message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 200L << 20);
    }
}
