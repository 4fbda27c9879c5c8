using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Tests.Checkpoints;
using TorchSharp;

namespace LLoCO.Core.Tests.Lora;

public sealed class LoraAdapterFolderTests : IDisposable
{
    private static readonly ModelFingerprint Fingerprint = new("model", "tokenizer", 1536, 5, "identity");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lloco-adapter-");

    private static LlamaConfig Config { get; } = LlamaConfigFile.Read(Goldens.Path("c_rope", "model", "config.json"));

    [Fact]
    public void Save_LoadedAdapter_ComesBackEqual()
    {
        using LoraAdapter original = LoraAdapterFolder.Load(Goldens.Path("c_rope", "adapter"), "a", Config, torch.CPU);
        LoraAdapterFolder.Save(_folder.FullName, original, "base", Fingerprint);
        using LoraAdapter copy = LoraAdapterFolder.Load(_folder.FullName, "b", Config, torch.CPU, Fingerprint);

        Assert.Equal((original.Rank, original.Alpha, "b"), (copy.Rank, copy.Alpha, copy.Name));
        Assert.Equal(original.Pairs.Keys.Order(), copy.Pairs.Keys.Order());
        foreach (((string name, torch.Tensor first), (string other, torch.Tensor second)) in original.Named().Zip(copy.Named()))
        {
            Assert.Equal(name, other);
            Assert.Equal(first.data<float>().ToArray(), second.data<float>().ToArray());
        }
    }

    [Fact]
    public void Load_AdapterOfAnotherModel_IsRefusedWithBothFingerprints()
    {
        using LoraAdapter adapter = LoraAdapterFolder.Load(Goldens.Path("c_rope", "adapter"), "a", Config, torch.CPU);
        LoraAdapterFolder.Save(_folder.FullName, adapter, "base", Fingerprint with { Model = "another" });

        FingerprintMismatchException error = Assert.Throws<FingerprintMismatchException>(
            () => LoraAdapterFolder.Load(_folder.FullName, "ship", Config, torch.CPU, Fingerprint));
        Assert.Contains("ship", error.Message, StringComparison.Ordinal);
        Assert.Contains("another", error.Message, StringComparison.Ordinal);
        Assert.Contains(Fingerprint.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FolderWithoutFingerprint_IsTakenAsItIs()
    {
        using LoraAdapter adapter = LoraAdapterFolder.Load(
            Goldens.Path("b_gqa", "adapter"), "a", GroupedConfig(), torch.CPU, Fingerprint);

        Assert.Equal((4, 12.0), (adapter.Rank, adapter.Alpha));
    }

    [Fact]
    public void Load_AdapterOfAnotherShape_NamesTheWeight()
    {
        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(
            () => LoraAdapterFolder.Load(Goldens.Path("b_gqa", "adapter"), "a", Config with { Layers = 3 }, torch.CPU));
        Assert.Contains("k_proj.lora_B", error.Key, StringComparison.Ordinal);

        CheckpointFormatException layers = Assert.Throws<CheckpointFormatException>(
            () => LoraAdapterFolder.Load(Goldens.Path("c_rope", "adapter"), "a", Config with { Layers = 1 }, torch.CPU));
        Assert.Contains("layers.1.", layers.Key, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DamagedFingerprint_NamesTheFile()
    {
        using LoraAdapter adapter = LoraAdapterFolder.Load(Goldens.Path("c_rope", "adapter"), "a", Config, torch.CPU);
        LoraAdapterFolder.Save(_folder.FullName, adapter, "base", Fingerprint);
        File.WriteAllText(Path.Combine(_folder.FullName, LoraAdapterFolder.FingerprintFile), "nonsense");

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(
            () => LoraAdapterFolder.Load(_folder.FullName, "a", Config, torch.CPU, Fingerprint));
        Assert.EndsWith(LoraAdapterFolder.FingerprintFile, error.File, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static LlamaConfig GroupedConfig() => LlamaConfigFile.Read(Goldens.Path("b_gqa", "model", "config.json"));
}
