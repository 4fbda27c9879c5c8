using LLoCO.Core.Checkpoints;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Kernels;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Families;

/// <summary>LoRA where a checkpoint has several linear layers in one matrix: PEFT adapts the matrix.</summary>
public sealed class FusedAdapterTests : IDisposable
{
    private static readonly ModelFingerprint Fingerprint = new("model", "tokenizer", 1536, 2, "identity");

    private readonly TemporaryFolder _folder = new();
    private readonly PlainCheckpoint _files = new(PlainCases.Find("phi3"));
    private readonly LlamaModel _model;

    public FusedAdapterTests() => _model = _files.Load();

    public void Dispose()
    {
        _model.Dispose();
        _files.Dispose();
        _folder.Dispose();
    }

    /// <summary>A matrix is in memory once: the passes' weights lie within it.</summary>
    [Fact]
    public unsafe void Load_FusedMatrices_PassesReadThemWhereTheyAre()
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> stored = _model.Weights.Named().ToDictionary(entry => entry.Name, entry => entry.Weight);
        nint matrix = TensorMemory.AddressOf(stored["model.layers.0.self_attn.qkv_proj.weight"]);
        nint gates = TensorMemory.AddressOf(stored["model.layers.0.mlp.gate_up_proj.weight"]);
        using DecoderWeights kernels = KernelWeights.Create(_model, DecodeWeights.AsStored);
        var views = new List<Tensor>();

        Tensor[] script = _model.Weights.Layers[0].ToArray(empty([0]), views);

        Assert.Equal(5, views.Count);
        foreach ((LoraTarget target, nint at) in ((LoraTarget, nint)[])
            [
                (LoraTarget.Query, matrix), (LoraTarget.Key, matrix + (24 * 24 * 4)), (LoraTarget.Value, matrix + (48 * 24 * 4)),
                (LoraTarget.Gate, gates), (LoraTarget.Up, gates + (40 * 24 * 4)),
            ])
        {
            Assert.Equal(at, (nint)kernels.Layers[0][target].Data);
            Assert.Equal(at, TensorMemory.AddressOf(script[(int)target]));
            Assert.Equal(at, TensorMemory.AddressOf(_model.Weights.Layers[0][target]));
        }

        views.ForEach(view => view.Dispose());
    }

    [Fact]
    public void Save_AfterLoading_GivesTheSameFile()
    {
        using LoraAdapter adapter = _files.LoadAdapter(_model.Config);
        string folder = _folder.PathOf("again");

        LoraAdapterFolder.Save(folder, adapter, "base", Fingerprint);

        using PeftAdapterFolder peft = PeftAdapterFolder.Open(folder);
        Assert.Equal(["qkv_proj", "o_proj", "gate_up_proj", "down_proj"], peft.Config.TargetModules);
        Assert.Equal(_files.Adapter.Keys.Order(StringComparer.Ordinal), peft.Tensors.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.All(_files.Adapter, entry =>
            Assert.Equal(entry.Value.Numbers, peft.Tensors.ReadFloats(entry.Key).Select(number => (double)number)));
    }

    /// <summary>Exporting a trained model merges its adapter into the stored matrices.</summary>
    [Fact]
    public void Merged_StoredMatrices_AreTheReferenceSums()
    {
        using DisposeScope scope = NewDisposeScope();
        using LoraAdapter adapter = _files.LoadAdapter(_model.Config);
        Dictionary<string, double[]> expected = _files.Adapted();

        foreach ((string name, Tensor weight) in _model.Weights.Named())
        {
            Tensor merged = adapter.Merged(name, weight) ?? weight;

            PlainModelTests.AssertNear([expected[name]], merged.data<float>().ToArray(), 1e-6);
        }
    }

    /// <summary>Targets name linear layers; here two of them stand for a matrix each.</summary>
    [Fact]
    public void Fresh_PartsOfAMatrix_AdaptsTheMatrix()
    {
        using LoraAdapter adapter = LoraAdapter.Fresh("new", _model.Config, 2, 4, [LoraTarget.Value, LoraTarget.Output, LoraTarget.Up], 1, CPU);

        Assert.Equal(
            ["model.layers.0.self_attn.qkv_proj", "model.layers.0.self_attn.o_proj", "model.layers.0.mlp.gate_up_proj"],
            adapter.Modules().Take(3).Select(entry => entry.Module));
        Assert.Equal([72L, 2L], adapter.Named().First(entry => entry.Name.EndsWith("qkv_proj.lora_B.weight", StringComparison.Ordinal)).Weight.shape);
        Assert.Equal(6, adapter.Pairs.Keys.Count(key => key.Layer == 0));
    }

    /// <summary>A step of an optimizer changes the matrix; the passes must see it in its parts.</summary>
    [Fact]
    public void AsParameters_WholeChanged_PartsFollow()
    {
        using DisposeScope scope = NewDisposeScope();
        using LoraAdapter adapter = LoraAdapter.Fresh("new", _model.Config, 2, 4, [LoraTarget.Query], 1, CPU).AsParameters();
        Assert.Equal(2 * _model.Config.Layers, adapter.Named().Count());

        using (no_grad())
        {
            adapter.Named().First(entry => entry.Name.Contains("lora_B", StringComparison.Ordinal)).Weight.copy_(ones([72, 2]));
        }

        Assert.All((LoraTarget[])[LoraTarget.Query, LoraTarget.Key, LoraTarget.Value], target =>
            Assert.Equal(1, adapter.Pairs[(0, target)].Up.mean().item<float>()));
        Assert.Same(adapter.Pairs[(0, LoraTarget.Query)].Down, adapter.Pairs[(0, LoraTarget.Value)].Down);
    }

    /// <summary>PEFT drops inputs of the module, which are those of all its parts.</summary>
    [Fact]
    public void Apply_Dropout_DropsTheSameInputsOfAllParts()
    {
        using DisposeScope scope = NewDisposeScope();
        using LoraAdapter fresh = LoraAdapter.Fresh("new", _model.Config, 24, 24, [LoraTarget.Query], 1, CPU);
        foreach (LoraPair pair in fresh.Pairs.Values)
        {
            pair.Down.copy_(eye(24));
            pair.Up.copy_(eye(24));
        }

        using LoraAdapter adapter = fresh.AsParameters(dropout: 0.5);
        using var random = new Generator(3, CPU);
        adapter.DropoutRandom = random;
        Tensor Share(LoraTarget target) => adapter.Apply(zeros([8, 24]), ones([8, 24]), 0, target);
        Tensor query = Share(LoraTarget.Query);

        Assert.InRange(query.count_nonzero().item<long>(), 50, 140);
        Assert.Equal(query.data<float>().ToArray(), Share(LoraTarget.Key).data<float>().ToArray());
        Assert.Equal(query.data<float>().ToArray(), Share(LoraTarget.Value).data<float>().ToArray());
        Assert.NotEqual(query.data<float>().ToArray(), Share(LoraTarget.Query).data<float>().ToArray());
    }

    [Theory]
    [InlineData("phi3", "q_proj", "has no module q_proj; its linear layers are qkv_proj, o_proj, gate_up_proj, down_proj")]
    [InlineData("phi3", "gate_proj", "has no module gate_proj")]
    [InlineData("olmo2", "qkv_proj", "has no module qkv_proj; its linear layers are q_proj, k_proj, v_proj, o_proj")]
    [InlineData("olmo2", "gate_up_proj", "has no module gate_up_proj")]
    public void Load_ModuleOfAnotherLayout_IsRefused(string model, string module, string fault)
    {
        string folder = _folder.PathOf(module);
        Write(folder, [module], module);
        using var files = new PlainCheckpoint(PlainCases.Find(model));
        using LlamaModel loaded = files.Load();

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(
            () => LoraAdapterFolder.Load(folder, "a", loaded.Config, CPU));

        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    /// <summary>PEFT takes names of modules that a model does not have; one that it has must have weights.</summary>
    [Fact]
    public void Load_NamesOfTheOtherLayoutAmongTheTargets_AreNone()
    {
        string folder = _folder.PathOf("o");
        Write(folder, ["q_proj", "k_proj", "v_proj", "o_proj"], "o_proj");
        using LoraAdapter adapter = LoraAdapterFolder.Load(folder, "a", _model.Config, CPU);
        Assert.Equal(LoraTarget.Output, Assert.Single(adapter.Pairs.Keys).Target);

        using var files = new PlainCheckpoint(PlainCases.Find("olmo2"));
        using LlamaModel other = files.Load();
        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(
            () => LoraAdapterFolder.Load(folder, "a", other.Config, CPU));
        Assert.Contains("no weights for it", error.Message, StringComparison.Ordinal);
    }

    private static void Write(string folder, string[] targets, string module)
    {
        string block = module is "gate_proj" or "gate_up_proj" ? "mlp" : "self_attn";
        string prefix = $"base_model.model.model.layers.0.{block}.{module}.lora_";
        Directory.CreateDirectory(folder);
        File.WriteAllText(
            Path.Combine(folder, "adapter_config.json"),
            $$"""{"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": [{{string.Join(", ", targets.Select(name => $"\"{name}\""))}}]}""");
        SafetensorsWriter.Write(
            Path.Combine(folder, "adapter_model.safetensors"),
            [new(prefix + "A.weight", ElementType.Float32, [1, 24], 96), new(prefix + "B.weight", ElementType.Float32, [24, 1], 96)],
            (_, to) => to(new byte[96]),
            new Dictionary<string, string> { ["format"] = "pt" });
    }
}
