using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>What tells models apart, and what must not.</summary>
public sealed class CheckpointHashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LlamaConfig _config = LlamaConfigFile.Read(Goldens.Path("c_rope", "model", "config.json"));
    private readonly CheckpointFolder _shards = CheckpointFolder.Open(Goldens.Path("c_rope", "model"));

    public void Dispose()
    {
        _shards.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Compute_ShardsOneFileOrTorchArchive_AreTheSame()
    {
        TensorInfo[] tensors = [.. _shards.Tensors.Values];
        SafetensorsWriter.Write(_folder.PathOf("model.safetensors"), tensors, (t, bytes) => _shards.CopyTo(t.Name, bytes));
        TorchArchiveWriter.Write(
            _folder.PathOf("model.bin"), [.. tensors.Reverse()], (t, bytes) => _shards.CopyTo(t.Name, bytes));
        using SafetensorsFile one = SafetensorsFile.Open(_folder.PathOf("model.safetensors"));
        using TorchArchive bin = TorchArchive.Open(_folder.PathOf("model.bin"));

        string hash = Compute(_config, _shards);

        Assert.Matches("^[0-9a-f]{64}$", hash);
        Assert.Equal(hash, Compute(_config, one));
        Assert.Equal(hash, Compute(_config, bin));
    }

    [Fact]
    public void Compute_GoldenModel_StaysTheSameAcrossVersions()
    {
        // Recomputed with Python's hashlib from the layout that CheckpointHash describes; an index on disk carries it.
        Assert.Equal("bbccf352e07c9cb7521bc8011822e084bee965af11816bf848ae1e1c6fce6958", Compute(_config, _shards));
    }

    [Fact]
    public void Compute_SettingsThatChangeNumbers_ChangeIt()
    {
        LlamaConfig[] others =
        [
            _config with { NormEpsilon = 1e-5 },
            _config with { RopeTheta = 10_000 },
            _config with { RopeScaling = RopeScaling.None },
            _config with { RopeScaling = new RopeScaling(RopeScalingKind.Linear, 2) },
            _config with { RopeScaling = new RopeScaling(RopeScalingKind.Llama3, 2.5) },
            _config with { SummaryLength = 4 },
            _config with { AccumulateSummary = false },
            _config with { TieWordEmbeddings = true },
            _config with { Heads = 2, KeyValueHeads = 2, HeadDimension = 32 },
        ];

        string[] hashes = [Compute(_config, _shards), .. others.Select(c => Compute(c, _shards))];

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Fact]
    public void Compute_SettingsThatChangeNoNumber_LeaveIt()
    {
        LlamaConfig same = _config with
        {
            MaxPositions = 17,
            SegmentLength = 99,
            SegmentBoundary = SegmentBoundary.Sentence,
            EndOfSequenceIds = [3, 4],
            BeginOfSequenceId = null,
            PadId = null,
            RopeScaling = _config.RopeScaling with { HighFrequencyFactor = 9 },
        };

        Assert.Equal(Compute(_config, _shards), Compute(same, _shards));
    }

    [Fact]
    public void Compute_AnyOtherWeight_ChangesIt()
    {
        TensorInfo info = new("w", ElementType.Float16, [2, 1], 4);
        string hash = Hash(info, [1, 2, 3, 4]);

        Assert.Equal(hash, Hash(info, [1, 2, 3, 4]));
        Assert.NotEqual(hash, Hash(info, [1, 2, 3, 5]));
        Assert.NotEqual(hash, Hash(info with { Name = "v" }, [1, 2, 3, 4]));
        Assert.NotEqual(hash, Hash(info with { Shape = [1, 2] }, [1, 2, 3, 4]));
        Assert.NotEqual(hash, Hash(info with { ElementType = ElementType.BFloat16 }, [1, 2, 3, 4]));
    }

    [Fact]
    public void Compute_RotaryTablesAndTiedHead_AreLeftOut()
    {
        LlamaConfig tied = _config with { TieWordEmbeddings = true };
        TensorInfo weight = new("w", ElementType.UInt8, [1], 1);
        TensorInfo table = weight with { Name = "model.layers.0.self_attn.rotary_emb.inv_freq" };
        TensorInfo head = weight with { Name = "lm_head.weight" };

        Assert.Equal(Hash(tied, weight), Hash(tied, weight, table, head));
        Assert.Equal(Hash(_config, weight), Hash(_config, weight, table));
        Assert.NotEqual(Hash(_config, weight), Hash(_config, weight, head));
    }

    [Fact]
    public void Compute_DamagedOrCancelled_SaysSo()
    {
        string path = _folder.PathOf("cut.safetensors");
        SafetensorsWriter.Write(path, [new TensorInfo("w", ElementType.UInt8, [100], 100)], (_, d) => d(new byte[100]));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        using (FileStream other = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            other.SetLength(other.Length - 1);
        }

        Refusal.Expect(() => Compute(_config, file), path, "w", "the file ends at byte");
        Assert.ThrowsAny<OperationCanceledException>(
            () => CheckpointHash.Compute(_config, file, new CancellationToken(canceled: true)));
    }

    private static string Compute(LlamaConfig config, ITensorSource tensors) =>
        CheckpointHash.Compute(config, tensors, TestContext.Current.CancellationToken);

    private string Hash(TensorInfo tensor, byte[] bytes) => Hash(_config, (_, destination) => destination(bytes), tensor);

    private string Hash(LlamaConfig config, params TensorInfo[] tensors) =>
        Hash(config, static (t, destination) => destination(new byte[t.ByteLength]), tensors);

    private string Hash(LlamaConfig config, Action<TensorInfo, TensorWriter> write, params TensorInfo[] tensors)
    {
        string path = _folder.PathOf("hash.safetensors");
        SafetensorsWriter.Write(path, tensors, write);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return Compute(config, file);
    }
}
