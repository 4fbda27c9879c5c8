using LLoCO.Core.Checkpoints;
using LLoCO.Core.Compression;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Compression;

/// <summary>The original's own caches (golden cases): five vectors of 64 numbers for each segment of 1,536 tokens.</summary>
public sealed class SummaryCacheFileTests : IDisposable
{
    private static readonly ModelFingerprint Maker = new("model", "tokenizer", 1536, 5, "identity");
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public SummaryCacheFileTests() => _path = _folder.PathOf("softprompts.pth");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a_mha", SummaryEncoding.Float32, "52845,63097,20005")]
    [InlineData("b_gqa", SummaryEncoding.Float32, "qmsum7,qmsum8,qmsum9")]
    [InlineData("d_bf16", SummaryEncoding.BFloat16, "52845,20005")]
    public void Read_GoldenCache_EqualsTheSoftpromptsOfTheOriginal(string name, SummaryEncoding encoding, string ids)
    {
        using SafetensorsFile golden = SafetensorsFile.Open(Goldens.Path(name, "goldens.safetensors"));
        using SummaryCacheFile cache = SummaryCacheFile.Open(Goldens.Path(name, "softprompts.pth"), Maker);

        Assert.Equal(ids.Split(','), cache.DocumentIds);
        foreach (string id in cache.DocumentIds)
        {
            int tokens = golden.ReadInt64s($"cache.softprompts.pth.{id}.ids").Length;
            SummaryEmbeddings summary = cache.Read(id, tokens);

            Assert.Equal((id, 64, encoding, Maker, tokens),
                (summary.DocumentId, summary.Width, summary.Encoding, summary.Fingerprint, summary.RawTokens));
            Assert.Equal(golden.ReadFloats($"cache.softprompts.pth.{id}.softprompt"), SummaryPayload.Decode(summary));
        }
    }

    [Fact]
    public void Read_TokensOfTheDocument_LaysSegmentsOverThem()
    {
        using SummaryCacheFile cache = SummaryCacheFile.Open(Goldens.Path("a_mha", "softprompts.pth"), Maker);

        Assert.Equal(
            [new SegmentSummary(0, 0, 1536, 0, 5), new SegmentSummary(1, 1536, 104, 5, 5)], cache.Read("20005", 1640).Segments);
        Assert.Equal([new SegmentSummary(0, 0, 37, 0, 5)], cache.Read("52845", 37).Segments);
        Assert.Equal(3072, cache.Read("20005").RawTokens);
    }

    [Theory]
    [InlineData("a_mha")]
    [InlineData("b_gqa")]
    [InlineData("d_bf16")]
    public void Write_ImportedCache_IsTheSameCache(string name)
    {
        using SummaryCacheFile cache = SummaryCacheFile.Open(Goldens.Path(name, "softprompts.pth"), Maker);

        SummaryCacheFile.Write(_path, [.. cache.DocumentIds.Select(id => cache.Read(id))]);

        using TorchArchive golden = TorchArchive.Open(cache.Path);
        using TorchArchive written = TorchArchive.Open(_path);
        Assert.Equal(golden.Names, written.Names);
        Assert.All(golden.Names, id => Assert.Equal(golden.Tensors[id].ElementType, written.Tensors[id].ElementType));
        Assert.All(golden.Names, id => Assert.Equal(golden.Tensors[id].Shape, written.Tensors[id].Shape));
        Assert.All(golden.Names, id => Assert.Equal(golden.ReadBytes(id), written.ReadBytes(id)));
    }

    [Fact]
    public void Write_Int8_WritesTheNumbersThatItStandsFor()
    {
        // Scale 0.5: the bytes 127, -2 are 63.5 and -1.
        byte[] payload = [.. BitConverter.GetBytes(0.5f), 127, 254];
        var summary = new SummaryEmbeddings(
            "a", 1, 2, SummaryEncoding.Int8, payload, [new SegmentSummary(0, 0, 9, 0, 1)], Maker with { SummaryLength = 1 });

        SummaryCacheFile.Write(_path, [summary]);

        using TorchArchive written = TorchArchive.Open(_path);
        Assert.Equal(ElementType.Float32, written.Tensors["a"].ElementType);
        Assert.Equal([63.5f, -1f], written.ReadFloats("a"));
    }

    [Fact]
    public void Write_SummariesOfTwoModels_IsRefused() =>
        Assert.Throws<FingerprintMismatchException>(() => SummaryCacheFile.Write(
            _path,
            [TestDocuments.Summary("a", 1, 1), TestDocuments.Summary("b", 1, 1, TestDocuments.Fingerprint with { Model = "other" })]));

    [Theory]
    [InlineData(4096, true)]
    [InlineData(4097, false)]
    public void Write_LongId_IsRefusedWhereItCouldNotBeReadAgain(int length, bool fits)
    {
        string id = new('a', length);
        if (!fits)
        {
            var error = Assert.Throws<LlocoException>(() => SummaryCacheFile.Write(_path, [TestDocuments.Summary(id, 1, 1)]));
            Assert.Contains("an id of 4097 characters", error.Message, StringComparison.Ordinal);
            Assert.False(File.Exists(_path));
            return;
        }

        SummaryCacheFile.Write(_path, [TestDocuments.Summary(id, 1, 1)]);
        using SummaryCacheFile cache = SummaryCacheFile.Open(_path, TestDocuments.Fingerprint);
        Assert.Equal([id], cache.DocumentIds);
    }

    [Fact]
    public void Write_TwoDocumentsOfOneId_AreRefused() =>
        Assert.Throws<ArgumentException>(() => SummaryCacheFile.Write(
            _path, [TestDocuments.Summary("a", 1, 1), TestDocuments.Summary("a", 1, 2)]));

    [Theory]
    [InlineData(1537, "1537 tokens are 2 segments of 1536")]
    [InlineData(int.MaxValue, "tokens are 1398102 segments of 1536")]
    public void Read_OtherNumberOfTokens_IsRefused(int tokens, string fault)
    {
        using SummaryCacheFile cache = SummaryCacheFile.Open(Goldens.Path("a_mha", "softprompts.pth"), Maker);

        Refusal.Expect(() => cache.Read("52845", tokens), cache.Path, "52845", fault);
    }

    [Fact]
    public void Read_UnknownDocument_IsRefused()
    {
        using SummaryCacheFile cache = SummaryCacheFile.Open(Goldens.Path("a_mha", "softprompts.pth"), Maker);

        Refusal.Expect(() => cache.Read("none"), cache.Path, "none", "no such document among the 3");
    }

    [Fact]
    public void Read_NumberThatIsNotFinite_IsRefused()
    {
        Write(new TensorInfo("a", ElementType.BFloat16, [5, 1], 10), [0, 0, 0, 0, 0xc0, 0x7f, 0, 0, 0, 0]);
        using SummaryCacheFile cache = SummaryCacheFile.Open(_path, Maker);

        Refusal.Expect(() => cache.Read("a"), _path, "a", "not finite");
    }

    [Theory]
    [InlineData(ElementType.Int64, new long[] { 5, 2 }, "holds Int64")]
    [InlineData(ElementType.Float32, new long[] { 1, 5, 4 }, "is not [length, hidden]")]
    [InlineData(ElementType.Float32, new long[] { 0, 4 }, "is not [length, hidden]")]
    [InlineData(ElementType.Float32, new long[] { 7, 4 }, "7 vectors are not whole summaries of 5")]
    public void Open_TensorThatIsNoSummary_IsRefused(ElementType type, long[] shape, string fault)
    {
        long bytes = shape.Aggregate(1L, (product, size) => product * size) * type.Size();
        Write(new TensorInfo("a", type, shape, bytes), new byte[bytes]);

        Refusal.Expect(() => SummaryCacheFile.Open(_path, Maker), _path, "a", fault);
    }

    [Fact]
    public void Open_VectorsOfTwoWidths_IsRefused()
    {
        TensorInfo[] tensors = [new("a", ElementType.Float32, [5, 2], 40), new("b", ElementType.Float32, [5, 3], 60)];
        TorchArchiveWriter.Write(_path, tensors, (tensor, write) => write(new byte[tensor.ByteLength]));

        Refusal.Expect(() => SummaryCacheFile.Open(_path, Maker), _path, "b", "have 3 numbers, those of 'a' 2");
    }

    [Fact]
    public void Open_FingerprintWithoutLengths_IsRefused() =>
        Assert.Throws<ArgumentException>(
            () => SummaryCacheFile.Open(Goldens.Path("a_mha", "softprompts.pth"), Maker with { SummaryLength = 0 }));

    private void Write(TensorInfo tensor, byte[] bytes) => TorchArchiveWriter.Write(_path, [tensor], (_, write) => write(bytes));
}
