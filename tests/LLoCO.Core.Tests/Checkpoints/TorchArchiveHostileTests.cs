using System.IO.Compression;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Archives whose tensors, dictionaries or entries are not what they claim.</summary>
public sealed class TorchArchiveHostileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public TorchArchiveHostileTests() => _path = _folder.PathOf("pytorch_model.bin");

    public void Dispose() => _folder.Dispose();

    public static TheoryData<long[], long[], long, long, string> Views => new()
    {
        { [25], [1], 0, 24, "leaves its storage of 24" },
        { [24], [1], 1, 24, "leaves its storage of 24" },
        { [2, 12], [13, 1], 0, 24, "leaves its storage of 24" },
        { [1], [1], 24, 24, "leaves its storage of 24" },
        { [1], [1], -1, 24, "lead backwards" },
        { [0], [1], 25, 24, "leaves its storage of 24" },
        { [1], [1], long.MaxValue, 24, "leaves its storage of 24" },
        { [3, 3], [long.MaxValue, long.MaxValue], 0, 24, "leaves its storage of 24" },
        { [2], [-1], 1, 24, "lead backwards" },
        { [2], [1, 1], 0, 24, "strides do not fit" },
        { [-2], [1], 0, 24, "negative" },
        { [1L << 32, 1L << 32], [0, 0], 0, 24, "overflows" },
        { [1L << 40], [0], 0, 24, "repeats elements" },
        { [25, 1], [0, 0], 0, 24, "repeats elements" },
        { [24], [1], 0, 23, "said to have 23 elements" },
        { [24], [1], 0, 1L << 40, "said to have 1099511627776 elements" },
        { [24], [1], 0, long.MaxValue, "said to have 9223372036854775807 elements" },
    };

    [Theory]
    [MemberData(nameof(Views))]
    public void Open_TensorBeyondItsStorage_IsRefused(long[] shape, long[] strides, long offset, long count, string fault)
    {
        TorchFile.Write(_path, new PickleBuilder().Do("}(").Text("w").Tensor(shape, strides, offset, count).Do("u."));

        Refusal.Expect(() => TorchArchive.Open(_path), _path, "w", fault);
    }

    [Fact]
    public void Open_StorageThatIsNotThere_IsRefused()
    {
        TorchFile.Write(_path, new PickleBuilder().Do("}(").Text("w").Tensor([1], [1], key: "../../0").Do("u."));

        Refusal.Expect(() => TorchArchive.Open(_path), _path, "w", "storage '../../0' is not in the archive");
    }

    [Fact]
    public void Open_OtherNumberFormatThanTheStorageHolds_IsRefused()
    {
        TorchFile.Write(_path, new PickleBuilder().Do("}(").Text("w").Tensor([24], [1], type: "DoubleStorage").Do("u."));

        Refusal.Expect(() => TorchArchive.Open(_path), _path, "w", "24 elements of 8 bytes, the file holds 96");
    }

    [Fact]
    public void Open_DoubledKey_IsRefused()
    {
        TorchFile.Write(_path, new PickleBuilder().Do("}(").Text("5").Tensor([1], [1]).Integer(5).Tensor([1], [1]).Do("u."));

        Refusal.Expect(() => TorchArchive.Open(_path), _path, "5", "twice");
    }

    [Fact]
    public void Open_NestedKeyThatEqualsAnother_IsRefused()
    {
        TorchFile.Write(
            _path,
            new PickleBuilder().Do("}(").Text("a.b").Tensor([1], [1]).Text("a").Do("}(").Text("b").Tensor([1], [1]).Do("uu."));

        Refusal.Expect(() => TorchArchive.Open(_path), _path, "a.b", "twice");
    }

    [Fact]
    public void Open_SomethingElseThanTensors_IsRefusedByKey()
    {
        TorchFile.Write(_path, new PickleBuilder().Do("}(").Text("epoch").Integer(3).Do("u."));
        Refusal.Expect(() => TorchArchive.Open(_path), _path, "epoch", "a number, not a tensor");

        TorchFile.Write(_path, new PickleBuilder().Do("}(").Text("list").Do("]").Do("u."));
        Refusal.Expect(() => TorchArchive.Open(_path), _path, "list", "a list, not a tensor");

        TorchFile.Write(_path, new PickleBuilder().Do("}(").Text("none").Do("N").Do("u."));
        Refusal.Expect(() => TorchArchive.Open(_path), _path, "none", "None, not a tensor");

        TorchFile.Write(_path, new PickleBuilder().Do("]."));
        Refusal.Expect(() => TorchArchive.Open(_path), _path, null, "does not hold a dictionary");

        TorchFile.Write(_path, new PickleBuilder().Do("}()").Tensor([1], [1]).Do("u."));
        Refusal.Expect(() => TorchArchive.Open(_path), _path, string.Empty, "a key is a tuple");
    }

    [Fact]
    public void Open_DictionaryWithinItself_IsRefused()
    {
        TorchFile.Write(_path, new PickleBuilder().Do("}q").Raw(0).Text("a").Do("h").Raw(0).Do("s."));

        Refusal.Expect(() => TorchArchive.Open(_path), _path, string.Join('.', Enumerable.Repeat("a", 18)), "nested too deeply");
    }

    [Fact]
    public void Open_DictionariesThatDoubleAtEachLevel_AreRefused()
    {
        PickleBuilder pickle = new PickleBuilder().Do("}(").Text("t").Tensor([1], [1]).Do("uq").Raw(0).Do("0");
        for (byte level = 1; level <= 12; level++)
        {
            pickle.Do("}(");
            for (int i = 0; i < 8; i++)
            {
                pickle.Text(new string((char)('a' + i), 200)).Do("h").Raw((byte)(level - 1));
            }

            pickle.Do("uq").Raw(level);
            pickle.Do(level == 12 ? "." : "0");
        }

        TorchFile.Write(_path, pickle);

        var error = Assert.Throws<CheckpointFormatException>(() => TorchArchive.Open(_path));
        Assert.Contains("nested too deeply or hold too much", error.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Metadata_IsRefusedWhereItChangesNumbers()
    {
        PickleBuilder Rebuild(string metadata) => new PickleBuilder()
            .Do("}(").Text("w").Name("torch._utils", "_rebuild_tensor_v2").Do("(")
            .Storage("FloatStorage", "0", 24).Integer(0).Tuple(1).Tuple(1).Raw(0x89).Do("}}").Do(metadata).Do("tRu.");

        TorchFile.Write(_path, Rebuild(string.Empty));
        using (TorchArchive archive = TorchArchive.Open(_path))
        {
            Assert.Equal([0f], archive.ReadFloats("w"));
        }

        PickleBuilder negated = new PickleBuilder().Do("}(").Text("w").Name("torch._utils", "_rebuild_tensor_v2").Do("(")
            .Storage("FloatStorage", "0", 24).Integer(0).Tuple(1).Tuple(1).Raw(0x89).Do("}}").Text("neg").Raw(0x88).Do("stRu.");
        TorchFile.Write(_path, negated);
        Refusal.Expect(
            () => TorchArchive.Open(_path), _path, null, "_rebuild_tensor_v2 is called with arguments that it does not take");
    }

    [Fact]
    public void Open_BigEndianFile_IsRefused()
    {
        TorchFile.WriteEntries(_path, ("a/data.pkl", new PickleBuilder().Do("}.").ToArray()), ("a/byteorder", "big"u8.ToArray()));

        Refusal.Expect(() => TorchArchive.Open(_path), _path, "a/byteorder", "only little-endian");
    }

    [Fact]
    public void Open_OtherZipArchives_AreRefused()
    {
        TorchFile.WriteEntries(_path, ("a/readme.txt", [1]));
        Refusal.Expect(() => TorchArchive.Open(_path), _path, null, "not one of torch.save");

        TorchFile.WriteEntries(_path, ("a/data.pkl", [1]), ("b/data.pkl", [1]));
        Refusal.Expect(() => TorchArchive.Open(_path), _path, null, "not one of torch.save");

        TorchFile.WriteEntries(_path, ("a/data.pkl", [1]), ("a/constants.pkl", [1]));
        Refusal.Expect(() => TorchArchive.Open(_path), _path, null, "TorchScript");

        TorchFile.WriteEntries(_path, CompressionLevel.Optimal, ("a/data.pkl", new byte[1000]));
        Refusal.Expect(() => TorchArchive.Open(_path), _path, "a/data.pkl", "compressed or encrypted");
    }

    [Fact]
    public void Open_FileFromBeforePyTorch16_SaysWhatToDo()
    {
        // The magic number with which the older format begins, as a pickled long.
        File.WriteAllBytes(
            _path, [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, .. new byte[30]]);

        Refusal.Expect(() => TorchArchive.Open(_path), _path, null, "save it anew");
    }
}
