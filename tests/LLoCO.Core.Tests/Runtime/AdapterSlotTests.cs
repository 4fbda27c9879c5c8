using LLoCO.Core.Checkpoints;
using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Runtime;

/// <summary>Adapters that a model ships are read at their first use: with the original's answers, and refused where they are broken.</summary>
public sealed class AdapterSlotTests : IDisposable
{
    private const string Weights = "adapter_model.safetensors";
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AddAdapter_FirstUses_AnswerAsTheOriginalAndReadOnce()
    {
        await using var model = new GoldenModel("a_mha");
        model.Loaded.AddAdapter("later", Copy(), model.Loaded.Fingerprint);
        await using LlamaAnswerDecoder decoder = model.Decoder();
        DecodeRequest request = model.Request("adapter") with { Adapter = "later" };

        int[][] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => AnswerAsync(decoder, request)));

        Assert.All(answers, answer => Assert.Equal(model.Answer("adapter"), answer));

        // What was read stays: the files are not looked at again.
        Directory.Delete(_folder.PathOf("adapter"), recursive: true);
        Assert.Equal(model.Answer("adapter"), await AnswerAsync(decoder, request));
    }

    [Fact]
    public async Task AddAdapter_WeightsThatAreNotFinite_AreRefusedByNameAtEachUseUntilPutRight()
    {
        await using var model = new GoldenModel("a_mha");
        string folder = Copy();
        byte[] good = File.ReadAllBytes(Path.Combine(folder, Weights));
        byte[] bad = [.. good];
        BitConverter.TryWriteBytes(bad.AsSpan(bad.Length - sizeof(float)), float.NaN);
        File.WriteAllBytes(Path.Combine(folder, Weights), bad);
        model.Loaded.AddAdapter("later", folder, model.Loaded.Fingerprint);
        await using LlamaAnswerDecoder decoder = model.Decoder();
        DecodeRequest request = model.Request("adapter") with { Adapter = "later" };

        for (int use = 0; use < 2; use++)
        {
            CheckpointFormatException error =
                await Assert.ThrowsAsync<CheckpointFormatException>(() => AnswerAsync(decoder, request));
            Assert.Contains(folder, error.Message, StringComparison.Ordinal);
            Assert.Contains("infinite or NaN", error.Message, StringComparison.Ordinal);
        }

        // Others are not held up by it, and it works once its files do.
        Assert.Equal(model.Answer("adapter"), await AnswerAsync(decoder, model.Request("adapter")));
        File.WriteAllBytes(Path.Combine(folder, Weights), good);
        Assert.Equal(model.Answer("adapter"), await AnswerAsync(decoder, request));
    }

    [Fact]
    public async Task AddAdapter_FileCutOff_IsRefusedAtOnce()
    {
        await using var model = new GoldenModel("a_mha");
        string folder = Copy();
        byte[] good = File.ReadAllBytes(Path.Combine(folder, Weights));
        File.WriteAllBytes(Path.Combine(folder, Weights), good[..^8]);

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(
            () => model.Loaded.AddAdapter("later", folder, model.Loaded.Fingerprint));

        Assert.Contains(Weights, error.Message, StringComparison.Ordinal);
        Assert.Equal(["adapter"], model.Loaded.Adapters);
    }

    [Fact]
    public async Task AddAdapter_WeightsOfAnotherShape_AreRefusedAtOnceByName()
    {
        await using var model = new GoldenModel("a_mha");
        string folder = _folder.PathOf("wide");
        using (PeftAdapterFolder own = PeftAdapterFolder.Open(Goldens.Path("a_mha", "adapter")))
        {
            TensorInfo[] wide = [.. own.Tensors.Tensors.Values.Select(info => info.Name.Contains("lora_B", StringComparison.Ordinal)
                ? info with { Shape = [2 * info.Shape[0], info.Shape[1]], ByteLength = 2 * info.ByteLength }
                : info)];
            PeftAdapterFolder.Write(folder, own.Config, wide, (info, bytes) => bytes(new byte[info.ByteLength]));
        }

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(
            () => model.Loaded.AddAdapter("later", folder, model.Loaded.Fingerprint));

        Assert.Contains("lora_B.weight", error.Message, StringComparison.Ordinal);
        Assert.Contains("config.json asks for", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddAdapter_OfAnotherModel_IsRefusedAtOnce()
    {
        await using var model = new GoldenModel("a_mha");
        string folder = Copy();
        ModelFingerprint other = model.Loaded.Fingerprint with { Model = new string('0', 64) };
        File.WriteAllText(Path.Combine(folder, "lloco_fingerprint.txt"), other.ToString());

        FingerprintMismatchException error = Assert.Throws<FingerprintMismatchException>(
            () => model.Loaded.AddAdapter("later", folder, model.Loaded.Fingerprint));

        Assert.Contains("'later'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DecodeAsync_NoSuchAdapter_IsRefusedByTheCallItself()
    {
        await using var model = new GoldenModel("a_mha");
        await using LlamaAnswerDecoder decoder = model.Decoder();

        LlocoException error = Assert.Throws<LlocoException>(
            () => decoder.DecodeAsync(model.Request("adapter") with { Adapter = "absent" }, Token));

        Assert.Contains("no adapter 'absent'", error.Message, StringComparison.Ordinal);
    }

    private static async Task<int[]> AnswerAsync(LlamaAnswerDecoder decoder, DecodeRequest request)
    {
        var ids = new List<int>();
        await foreach (DecodeStep step in decoder.DecodeAsync(request, Token))
        {
            ids.Add(step.TokenId);
        }

        return [.. ids];
    }

    private string Copy()
    {
        string folder = _folder.PathOf("adapter");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(Goldens.Path("a_mha", "adapter")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return folder;
    }
}
