using System.Text.Json;
using System.Text.Json.Nodes;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Which files of a folder are read, and indexes that contradict their shards.</summary>
public sealed class CheckpointFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _index;

    public CheckpointFolderTests() => _index = PathOf("model.safetensors.index.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_SeveralFormats_TakesSafetensorsFirst()
    {
        File.WriteAllText(PathOf("pytorch_model.bin.index.json"), "broken");
        TorchFile.Write(PathOf("pytorch_model.bin"), new PickleBuilder().Do("}(").Text("bin").Tensor([1], [1]).Do("u."));
        AssertHolds("bin", "pytorch_model.bin");

        WriteShard("shard.safetensors", "sharded");
        WriteIndex(("sharded", "shard.safetensors"));
        AssertHolds("sharded", "shard.safetensors");

        WriteShard("model.safetensors", "single");
        AssertHolds("single", "model.safetensors");
    }

    [Fact]
    public void Open_Shards_AreOneSource()
    {
        using CheckpointFolder sharded = CheckpointFolder.Open(Goldens.Path("c_rope", "model"));

        Assert.Equal(3, sharded.Files.Count);
        foreach (string file in sharded.Files)
        {
            using SafetensorsFile shard = SafetensorsFile.Open(file);
            Assert.All(shard.Tensors.Keys, k => Assert.Equal(shard.ReadBytes(k), sharded.ReadBytes(k)));
        }

        string path = Goldens.Path("c_rope", "model");
        Refusal.Expect(() => sharded.ReadBytes("absent"), path, "absent", "no such tensor");
        Refusal.Expect(() => sharded.CopyTo("absent", static _ => { }), path, "absent", "no such tensor");
    }

    [Fact]
    public void Open_WrongKindOfTensor_NamesTheShard()
    {
        using CheckpointFolder sharded = CheckpointFolder.Open(Goldens.Path("c_rope", "model"));

        var error = Assert.Throws<CheckpointFormatException>(() => sharded.ReadInt64s("lm_head.weight"));
        Assert.Equal(Goldens.Path("c_rope", "model", "model-00003-of-00003.safetensors"), error.File);
    }

    [Fact]
    public void Open_FolderWithoutWeights_IsRefused() =>
        Refusal.Expect(() => CheckpointFolder.Open(PathOf("none")), PathOf("none"), null, "holds no weights");

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/shard.safetensors")]
    [InlineData("..\\shard.safetensors")]
    [InlineData("C:shard.safetensors")]
    [InlineData("shard\0.safetensors")]
    public void Open_IndexThatLeadsElsewhere_IsRefused(string shard)
    {
        WriteIndex(("w", shard));

        Refusal.Expect(() => Open(), _index, "w", "not the plain name of a file in the same folder");
    }

    [Theory]
    [InlineData("""{"weight_map":{"w":5}}""", "w", "not the plain name")]
    [InlineData("""{"weight_map":{"w":null}}""", "w", "not the plain name")]
    [InlineData("""{"weight_map":{"w":"a","w":"b"}}""", "w", "twice")]
    [InlineData("""{"weight_map":{},"weight_map":{}}""", "weight_map", "twice")]
    [InlineData("""{"weight_map":{}}""", "weight_map", "names no tensors")]
    [InlineData("""{"weight_map":[]}""", "weight_map", "not an object")]
    [InlineData("""{"metadata":{}}""", "weight_map", "missing")]
    [InlineData("""{"metadata":{"total_size":NaN}}""", "total_size", "cannot be read")]
    [InlineData("""["w"]""", null, "not an object")]
    [InlineData("", null, "the file is empty")]
    public void Open_BrokenIndex_IsRefused(string json, string? key, string fault)
    {
        File.WriteAllText(_index, json);

        Refusal.Expect(() => Open(), _index, key, fault);
    }

    [Fact]
    public void Open_MissingShard_IsRefused()
    {
        WriteShard("a.safetensors", "a");
        WriteIndex(("a", "a.safetensors"), ("b", "b.safetensors"));

        Refusal.Expect(() => Open(), _index, "b", "its shard 'b.safetensors' is not in the folder");
    }

    [Fact]
    public void Open_TensorThatTheShardDoesNotHold_IsRefused()
    {
        WriteShard("a.safetensors", "a");
        WriteIndex(("a", "a.safetensors"), ("b", "a.safetensors"));

        Refusal.Expect(() => Open(), PathOf("a.safetensors"), "b", "which does not hold it");
    }

    [Fact]
    public void Open_TensorThatTheIndexDoesNotName_IsRefused()
    {
        WriteShard("a.safetensors", "a", "b");
        WriteIndex(("a", "a.safetensors"));

        Refusal.Expect(() => Open(), PathOf("a.safetensors"), "b", "does not name");
    }

    [Fact]
    public void Open_TensorInTwoShards_IsRefused()
    {
        WriteShard("a.safetensors", "a", "b");
        WriteShard("b.safetensors", "b");
        WriteIndex(("a", "a.safetensors"), ("b", "b.safetensors"));

        Refusal.Expect(() => Open(), PathOf("a.safetensors"), "b", "in 'b.safetensors' too");
    }

    [Fact]
    public void Open_DamagedShard_IsRefusedByItsName()
    {
        WriteShard("a.safetensors", "a");
        File.WriteAllBytes(PathOf("b.bin"), new byte[100]);
        WriteIndex(("a", "a.safetensors"), ("b", "b.bin"));

        Refusal.Expect(() => Open(), PathOf("b.bin"), null, "not a zip archive");
    }

    private CheckpointFolder Open() => CheckpointFolder.Open(_folder.PathOf(string.Empty));

    private string PathOf(string name) => Path.Combine(_folder.PathOf(string.Empty), name);

    private void AssertHolds(string tensor, string file)
    {
        using CheckpointFolder folder = Open();
        Assert.Equal([tensor], folder.Tensors.Keys);
        Assert.Equal([PathOf(file)], folder.Files);
        Assert.Single(folder.ReadFloats(tensor));
    }

    private void WriteShard(string file, params string[] names) => SafetensorsWriter.Write(
        PathOf(file),
        [.. names.Select(n => new TensorInfo(n, ElementType.Float32, [1], 4))],
        (_, destination) => destination(new byte[4]));

    private void WriteIndex(params (string Tensor, string Shard)[] entries)
    {
        var map = new JsonObject(entries.Select(e => KeyValuePair.Create(e.Tensor, (JsonNode?)e.Shard)));
        File.WriteAllText(
            _index, JsonSerializer.Serialize(new JsonObject { ["metadata"] = new JsonObject(), ["weight_map"] = map }));
    }
}
