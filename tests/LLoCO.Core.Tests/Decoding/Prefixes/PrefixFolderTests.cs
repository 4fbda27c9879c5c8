using LLoCO.Core.Decoding;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using TorchSharp;

namespace LLoCO.Core.Tests.Decoding.Prefixes;

public sealed class PrefixFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public PrefixFolderTests() => _path = Directory.CreateDirectory(_folder.PathOf("prefixes")).FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string[] Files => Directory.GetFiles(_path);

    [Theory]
    [InlineData(null)]
    [InlineData("adapter")]
    public async Task DecodeAsync_PrefixWrittenByAnotherDecoder_IsReadAndAnswersTheSame(string? adapter)
    {
        for (int start = 0; start < 2; start++)
        {
            await using var model = new GoldenModel("b_gqa");
            await using LlamaAnswerDecoder decoder = model.Decoder(prefixFolder: _path);
            var ids = new List<int>();

            await foreach (DecodeStep step in decoder.DecodeAsync(model.Request(adapter), Token))
            {
                ids.Add(step.TokenId);
            }

            Assert.Equal(model.Answer(adapter), ids);
            Assert.Equal(start, decoder.Prefixes.Folder!.Reads);
            Assert.Single(Files);
        }
    }

    [Fact]
    public async Task GetOrAdd_AdapterAndBase_AreTwoFiles()
    {
        await using var model = new GoldenModel("b_gqa");
        await using LlamaAnswerDecoder decoder = model.Decoder(prefixFolder: _path);

        foreach (string? adapter in (string?[])[null, "adapter"])
        {
            await foreach (DecodeStep _ in decoder.DecodeAsync(model.Request(adapter), Token))
            {
                // Only what it leaves on disk is of interest.
            }
        }

        Assert.Equal(2, Files.Length);
    }

    [Theory]
    [InlineData("numbers")]
    [InlineData("short")]
    [InlineData("empty")]
    [InlineData("other")]
    public async Task Read_DamagedOrForeignFile_IsAsGoodAsNoneAndReplaced(string damage)
    {
        await using var model = new GoldenModel("b_gqa");
        var folder = new PrefixFolder(_path, 1 << 20, model.Loaded.Fingerprint, model.Loaded.Model);
        PrefixKey key = Key(model, adapter: null);
        await RunAsync(model, () =>
        {
            using PrefixKeyValues made = Make(model.Loaded.Model, key.Count);
            folder.Write(key, made);
        });
        string file = Assert.Single(Files);
        byte[] whole = File.ReadAllBytes(file);
        byte[] broken = damage switch
        {
            "numbers" => [.. whole[..^9], (byte)(whole[^9] ^ 64), .. whole[^8..]],
            "short" => whole[..^4],
            "empty" => [],
            _ => whole,
        };
        File.WriteAllBytes(file, broken);
        if (damage == "other")
        {
            PrefixKey foreign = key with { Hash = new string('0', 64) };
            await RunAsync(model, () =>
            {
                using PrefixKeyValues made = Make(model.Loaded.Model, key.Count);
                folder.Write(foreign, made);
            });
            string second = Files.Single(path => path != file);
            File.Move(second, file, overwrite: true);
        }

        await RunAsync(model, () =>
        {
            Assert.Null(folder.Read(key));
            using PrefixKeyValues made = Make(model.Loaded.Model, key.Count);
            folder.Write(key, made);
            using PrefixKeyValues read = folder.Read(key)!;
            Assert.Equal(made.Bytes, read.Bytes);
            Assert.True(made.Keys(1).equal(read.Keys(1)).all().item<bool>());
            Assert.True(made.Values(2).equal(read.Values(2)).all().item<bool>());
        });
        Assert.Equal(1, folder.Reads);
    }

    [Fact]
    public async Task Write_MoreThanTheFolderMayHold_DeletesWhatWasNotUsedForLongest()
    {
        await using var model = new GoldenModel("b_gqa");
        PrefixKey[] keys = [.. Enumerable.Range(0, 3).Select(i => new PrefixKey(null, $"{i}") { Count = 8 })];
        await RunAsync(model, () =>
        {
            using PrefixKeyValues made = Make(model.Loaded.Model, 8);
            var folder = new PrefixFolder(
                _path, (made.Bytes * 2) + 8192, model.Loaded.Fingerprint, model.Loaded.Model);
            folder.Write(keys[0], made);
            folder.Write(keys[1], made);
            foreach (string file in Files)
            {
                File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-1));
            }

            folder.Read(keys[0])!.Dispose();
            folder.Write(keys[2], made);

            Assert.Null(folder.Read(keys[1]));
            folder.Read(keys[0])!.Dispose();
            folder.Read(keys[2])!.Dispose();
        });
        Assert.Equal(2, Files.Length);
    }

    [Fact]
    public async Task Write_LargerThanTheFolderMayHold_WritesNothing()
    {
        await using var model = new GoldenModel("b_gqa");
        var folder = new PrefixFolder(_path, 100, model.Loaded.Fingerprint, model.Loaded.Model);
        await RunAsync(model, () =>
        {
            using PrefixKeyValues made = Make(model.Loaded.Model, 8);
            folder.Write(new PrefixKey(null, "a") { Count = 8 }, made);
        });

        Assert.Empty(Files);
    }

    public void Dispose() => _folder.Dispose();

    private static Task RunAsync(GoldenModel model, Action work) => model.Loaded.Worker.RunAsync(work, Token);

    private static PrefixKey Key(GoldenModel model, string? adapter) =>
        PrefixKey.Create(model.Request(adapter).Prefix, model.Loaded.FindAdapter(adapter));

    private static PrefixKeyValues Make(LlamaModel model, int count)
    {
        LlamaConfig config = model.Config;
        using var cache = new KeyValueCache(config, 1, count, model.Weights.Type, torch.CPU);
        for (int layer = 0; layer < config.Layers; layer++)
        {
            torch.Tensor numbers = torch.randn(1, config.KeyValueHeads, count, config.HeadDimension);
            cache.Write(layer, numbers, numbers.Times(2));
        }

        cache.Commit(count);
        return cache.Freeze();
    }
}
