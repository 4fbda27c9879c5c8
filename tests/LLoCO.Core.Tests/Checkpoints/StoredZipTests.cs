using System.Buffers.Binary;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Zip archives cut off or changed at known places of their records (APPNOTE 4.3).</summary>
public sealed class StoredZipTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public StoredZipTests() => _path = _folder.PathOf("model.pth");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("protocol2.pth")]
    [InlineData("zip64.pth")]
    public void Open_EveryTruncation_IsRefused(string file)
    {
        byte[] whole = Fixture(file);
        for (int length = 0; length < whole.Length; length += 1 + (length % 17))
        {
            File.WriteAllBytes(_path, whole[..length]);

            var error = Assert.Throws<CheckpointFormatException>(() => TorchArchive.Open(_path));
            Assert.Equal(_path, error.File);
        }
    }

    [Theory]
    [InlineData("protocol2.pth")]
    [InlineData("zip64.pth")]
    public void Open_AnyByteChanged_OpensOrIsRefusedButNothingElse(string file)
    {
        byte[] whole = Fixture(file);
        var random = new Random(1);
        for (int i = 0; i < 400; i++)
        {
            byte[] changed = [.. whole];
            changed[random.Next(whole.Length)] = (byte)random.Next(256);
            changed[random.Next(whole.Length)] ^= 0xff;
            File.WriteAllBytes(_path, changed);

            Exception? error = Record.Exception(() => ReadAll(_path));
            Assert.True(error is null or CheckpointFormatException, error?.ToString());
        }
    }

    [Theory]
    [InlineData(0, 0x00, "the zip directory is damaged")]
    [InlineData(8, 0x01, "compressed or encrypted")]
    [InlineData(10, 0x08, "compressed or encrypted")]
    [InlineData(20, 0xee, "the stored zip entry has")]
    [InlineData(28, 0xff, "")]
    [InlineData(45, 0x7f, "beyond the archive's data")]
    public void Open_ChangedDirectoryRecord_IsRefused(int offset, byte value, string fault)
    {
        byte[] bytes = Fixture("protocol2.pth");
        bytes[Find(bytes, 0x02014b50) + offset] = value;
        File.WriteAllBytes(_path, bytes);

        var error = Assert.Throws<CheckpointFormatException>(() => TorchArchive.Open(_path));
        Assert.Contains(fault, error.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EntryLongerThanTheArchive_IsRefused()
    {
        byte[] bytes = Fixture("protocol2.pth");
        int record = Find(bytes, 0x02014b50);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(record + 20), 0x7fffffff);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(record + 24), 0x7fffffff);
        File.WriteAllBytes(_path, bytes);

        Refusal.Expect(() => TorchArchive.Open(_path), _path, "archive/data.pkl", "said to have 2147483647 bytes");
    }

    [Fact]
    public void Open_EntriesThatShareBytes_AreRefused()
    {
        byte[] bytes = Fixture("protocol2.pth");
        int record = Find(bytes, 0x02014b50);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(record + 20), (uint)record - 100);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(record + 24), (uint)record - 100);
        File.WriteAllBytes(_path, bytes);

        Refusal.Expect(() => TorchArchive.Open(_path), _path, "archive/data/0", "overlaps another");
    }

    [Fact]
    public void Open_TwoEntriesOfOneName_AreRefused()
    {
        TorchFile.WriteEntries(_path, ("a/data.pkl", [1]), ("a/data.pkl", [1]));

        Refusal.Expect(() => TorchArchive.Open(_path), _path, "a/data.pkl", "two entries of this name");
    }

    [Fact]
    public void Open_LocalHeaderOfAnotherName_IsRefused()
    {
        byte[] bytes = Fixture("protocol2.pth");
        bytes[30] = (byte)'x';
        File.WriteAllBytes(_path, bytes);

        Refusal.Expect(() => TorchArchive.Open(_path), _path, "archive/data.pkl", "disagrees with the archive's directory");
    }

    [Theory]
    [InlineData(10, 0xff, "which cannot be")]
    [InlineData(15, 0x7f, "which cannot be")]
    [InlineData(19, 0x7f, "which cannot be")]
    [InlineData(10, 0x01, "more than its")]
    public void Open_ChangedEndRecord_IsRefused(int offset, byte value, string fault)
    {
        byte[] bytes = Fixture("protocol2.pth");
        bytes[Find(bytes, 0x06054b50) + offset] = value;
        if (value == 0xff)
        {
            bytes[Find(bytes, 0x06054b50) + offset + 1] = value;
        }

        File.WriteAllBytes(_path, bytes);

        Refusal.Expect(() => TorchArchive.Open(_path), _path, null, fault);
    }

    [Theory]
    [InlineData(0x07064b50u, 15, 0x7f, "the zip64 end record is not where its locator says")]
    [InlineData(0x06064b50u, 39, 0x7f, "which cannot be")]
    [InlineData(0x06064b50u, 47, 0xff, "which cannot be")]
    [InlineData(0x06064b50u, 55, 0xff, "which cannot be")]
    public void Open_ChangedZip64Record_IsRefused(uint signature, int offset, byte value, string fault)
    {
        byte[] bytes = Fixture("zip64.pth");
        bytes[Find(bytes, signature) + offset] = value;
        File.WriteAllBytes(_path, bytes);

        Refusal.Expect(() => TorchArchive.Open(_path), _path, null, fault);
    }

    private static void ReadAll(string path)
    {
        using TorchArchive archive = TorchArchive.Open(path);
        foreach (string name in archive.Names)
        {
            archive.ReadBytes(name);
        }
    }

    private static byte[] Fixture(string name) => File.ReadAllBytes(
        Path.Combine(AppContext.BaseDirectory, "TestData", "torch", name));

    private static int Find(byte[] bytes, uint signature)
    {
        byte[] pattern = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(pattern, signature);
        return bytes.AsSpan().IndexOf(pattern) is var at and >= 0 ? at : throw new InvalidOperationException("No such record.");
    }
}
