using System.Collections.Concurrent;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Index;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Tensors;

/// <summary>Loading reads each byte once, and what is hashed is what is loaded.</summary>
public sealed class WeightsReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public WeightsReaderTests() => LlocoRuntime.EnsureAvailable();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a_mha", ScalarType.Float32)]
    [InlineData("c_rope", ScalarType.BFloat16)]
    [InlineData("e_batch", ScalarType.Float32)]
    public void Load_WithDigest_ReadsEachTensorOnceAndHashesAsFilesAreHashed(string name, ScalarType type)
    {
        LlamaConfig config = LlamaConfigFile.Read(Goldens.Path(name, "model", "config.json"));
        using CheckpointFolder files = CheckpointFolder.Open(Goldens.Path(name, "model"));
        using var counted = new CountedReads(files);
        var digest = new CheckpointDigest(config);

        using LlamaWeights weights = LlamaWeights.Load(counted, config, type, CPU, files.Path, digest, cancellationToken: Token);

        Assert.Equal(files.Tensors.Keys.Order(), counted.Reads.Keys.Order());
        Assert.All(counted.Reads.Values, count => Assert.Equal(1, count));
        Assert.Equal(CheckpointHash.Compute(config, files, Token), digest.Finish());
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void Load_LargerThanOnePiece_HoldsTheStoredNumbers(ScalarType type)
    {
        // Three pieces of 1 MiB; every value up to 2,048 is exact in all three formats.
        float[] numbers = [.. Enumerable.Range(0, 700_000).Select(i => (float)((i % 257) - 128))];
        string path = _folder.PathOf("weights.safetensors");
        SafetensorsWriter.Write(
            path,
            [new TensorInfo("w", ElementType.Float32, [700, 1000], sizeof(float) * numbers.Length)],
            (_, destination) => destination(System.Runtime.InteropServices.MemoryMarshal.AsBytes(numbers.AsSpan())));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        long seen = 0;

        using Tensor loaded = TensorLoader.Load(file, "w", [700, 1000], type, CPU, path, bytes => seen += bytes.Length);
        using Tensor wide = loaded.to(ScalarType.Float32);

        Assert.Equal(type, loaded.dtype);
        Assert.Equal(numbers, wide.data<float>().ToArray());
        Assert.Equal(sizeof(float) * numbers.Length, seen);
    }

    [Fact]
    public void Load_FileCutShort_NamesTheTensorAndKeepsNoMemory()
    {
        LlamaConfig config = LlamaConfigFile.Read(Goldens.Path("a_mha", "model", "config.json"));
        using CheckpointFolder golden = CheckpointFolder.Open(Goldens.Path("a_mha", "model"));
        SafetensorsWriter.Write(
            _folder.PathOf("model.safetensors"), [.. golden.Tensors.Values], (info, bytes) => golden.CopyTo(info.Name, bytes));
        using CheckpointFolder files = CheckpointFolder.Open(_folder.PathOf(string.Empty));
        using (var other = new FileStream(files.Files[0], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            other.SetLength(other.Length - 1);
        }

        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(
            () => LlamaWeights.Load(files, config, null, CPU, files.Path, new CheckpointDigest(config), cancellationToken: Token));

        Assert.Contains("the file ends at byte", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Key);

        // Fewer is possible: what earlier tests left behind may be collected meanwhile.
        Assert.InRange(DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount, long.MinValue, before);
    }

    [Fact]
    public void Load_Cancelled_Ends()
    {
        LlamaConfig config = LlamaConfigFile.Read(Goldens.Path("a_mha", "model", "config.json"));
        using CheckpointFolder golden = CheckpointFolder.Open(Goldens.Path("a_mha", "model"));

        Assert.ThrowsAny<OperationCanceledException>(() => LlamaWeights.Load(
            golden, config, null, CPU, golden.Path, cancellationToken: new CancellationToken(canceled: true)));
    }

    private sealed class CountedReads(ITensorSource source) : ITensorSource
    {
        public ConcurrentDictionary<string, int> Reads { get; } = new(StringComparer.Ordinal);

        public IReadOnlyDictionary<string, TensorInfo> Tensors => source.Tensors;

        public void CopyTo(string name, TensorWriter destination)
        {
            Reads.AddOrUpdate(name, 1, (_, count) => count + 1);
            source.CopyTo(name, destination);
        }

        public void Dispose()
        {
        }
    }
}
