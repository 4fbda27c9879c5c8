using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tests.Index;
using TorchSharp;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Every tensor of a checkpoint is used, is on the list of those that may be there, or is refused by name.</summary>
public sealed class SurplusTensorsTests : IDisposable
{
    private const string Attention = "model.layers.0.self_attn.";
    private readonly TemporaryFolder _folder = new();

    public SurplusTensorsTests() => LlocoRuntime.EnsureAvailable();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Attention + "q_proj.bias", "announces no such bias")]
    [InlineData("model.layers.0.mlp.down_proj.bias", "announces no such bias")]
    [InlineData("lm_head.bias", "announces no such bias")]
    [InlineData(Attention + "q_norm.weight", "has no such tensor")]
    [InlineData("model.layers.1.mlp.up_proj.weight", "says 1 layers")]
    [InlineData("score.weight", "has no such tensor")]
    [InlineData(Attention + "q_proj.g_idx", "quantized by GPTQ")]
    [InlineData(Attention + "q_proj.qweight", "GPTQ or AWQ")]
    [InlineData(Attention + "q_proj.weight.absmax", "bitsandbytes")]
    [InlineData(Attention + "q_proj.weight.quant_state.bitsandbytes__nf4", "bitsandbytes")]
    [InlineData(Attention + "q_proj.weight_scale_inv", "FP8")]
    [InlineData(Attention + "q_proj.weight_packed", "compressed-tensors")]
    [InlineData("model.layers.0.mlp.experts.0.w1.weight", "mixtures of experts")]
    [InlineData("vision_tower.encoder.layers.0.weight", "models with images")]
    [InlineData("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", "LoRA adapter")]
    public void Load_TensorThatTheModelLacks_IsRefusedByName(string name, string fault)
    {
        string model = Make(all => all.Append(new TensorInfo(name, ElementType.Float32, [2], 8)));

        Refusal.Expect(() => Load(model), model, name, fault);
    }

    [Theory]
    [InlineData(Attention + "q_proj.qweight", ElementType.Int32, "GPTQ or AWQ")]
    [InlineData(Attention + "masked_bias", ElementType.UInt8, "has no such tensor")]
    public void Load_IntegersWithinTheModel_AreRefusedToo(string name, ElementType type, string fault)
    {
        string model = Make(all => all.Append(new TensorInfo(name, type, [2], 2 * type.Size())));

        Refusal.Expect(() => Load(model), model, name, fault);
    }

    [Theory]
    [InlineData(Attention + "rotary_emb.inv_freq", ElementType.Float32)]
    [InlineData("model.rotary_emb.inv_freq", ElementType.BFloat16)]
    [InlineData("extra.unused", ElementType.UInt16)]
    [InlineData("extra.unused", ElementType.UInt32)]
    [InlineData("extra.unused", ElementType.UInt64)]
    [InlineData("extra.unused", ElementType.Float8E4M3)]
    [InlineData("extra.unused", ElementType.Float8E5M2)]
    [InlineData("extra.unused", ElementType.Float8E8M0)]
    [InlineData("extra.unused", ElementType.Complex64)]
    [InlineData("extra.unused", ElementType.Int16)]
    public void Load_TensorOnTheListOfHarmlessOnes_IsPassedOver(string name, ElementType type)
    {
        string model = Make(all => all.Append(new TensorInfo(name, type, [2], 2 * type.Size())));

        using LlamaWeights weights = Load(model);

        Assert.Equal(8, weights.Config.HiddenSize);
    }

    [Fact]
    public void Load_CopyOfATiedHead_MustBeEqual()
    {
        string same = Make(all => all, (name, bytes) => name == "lm_head.weight" ? Bytes("model.embed_tokens.weight") : bytes);
        Cases.Configure(same, ("tie_word_embeddings", "true"));
        using (LlamaWeights weights = Load(same))
        {
            Assert.True(weights.Config.TieWordEmbeddings);
        }

        string other = Make(all => all);
        Cases.Configure(other, ("tie_word_embeddings", "true"));
        Refusal.Expect(() => Load(other), other, "lm_head.weight", "tie_word_embeddings");
    }

    [Theory]
    [InlineData("language_model.", "begin with 'language_model.'")]
    [InlineData("base_model.model.", "begin with 'base_model.model.'")]
    public void Load_NamesBehindAnUnknownPrefix_AreToldByIt(string prefix, string fault)
    {
        string model = Make(all => all, rename: name => prefix + name);

        Refusal.Expect(() => Load(model), model, prefix + "model.embed_tokens.weight", fault);
    }

    [Fact]
    public void Load_ModelWithoutItsHead_SaysSo()
    {
        string model = Make(
            all => all.Where(tensor => tensor.Name.StartsWith("model.", StringComparison.Ordinal)),
            rename: name => name["model.".Length..]);

        Refusal.Expect(() => Load(model), model, "embed_tokens.weight", "without its head");
    }

    [Theory]
    [InlineData("module.")]
    [InlineData("_orig_mod.")]
    [InlineData("module._orig_mod.")]
    [InlineData("_orig_mod.module.")]
    [InlineData("_fsdp_wrapped_module.")]
    [InlineData("model._orig_mod.", "model.")]
    [InlineData("model.layers.0._checkpoint_wrapped_module.", "model.layers.0.")]
    public void Load_NamesOfWrappers_AreTakenOut(string prefix, string inFrontOf = "")
    {
        string model = Make(
            all => all,
            rename: name => name.StartsWith(inFrontOf, StringComparison.Ordinal) ? prefix + name[inFrontOf.Length..] : name);
        using CheckpointFolder plain = CheckpointFolder.Open(Cases.Path("00-plain", "model"));
        using CheckpointFolder wrapped = CheckpointFolder.Open(model);
        LlamaConfig config = LlamaConfigFile.Read(Path.Combine(model, "config.json"));

        Assert.Equal(plain.Tensors.Keys.Order(), wrapped.Tensors.Keys.Order());
        Assert.Equal(
            CheckpointHash.Compute(config, plain, TestContext.Current.CancellationToken),
            CheckpointHash.Compute(config, wrapped, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Open_SameNameWithAndWithoutWrapper_IsRefused()
    {
        string model = Make(all => all.Append(new TensorInfo("module.model.norm.weight", ElementType.Float32, [2], 8)));

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => CheckpointFolder.Open(model));

        Assert.Contains("stands there twice", error.Fault, StringComparison.Ordinal);
    }

    private static LlamaWeights Load(string model)
    {
        using CheckpointFolder files = CheckpointFolder.Open(model);
        LlamaConfig config = LlamaConfigFile.Read(Path.Combine(model, "config.json"));
        return LlamaWeights.Load(files, config, torch.ScalarType.Float32, torch.CPU, model);
    }

    private static byte[] Bytes(string name)
    {
        using CheckpointFolder plain = CheckpointFolder.Open(Cases.Path("00-plain", "model"));
        return plain.ReadBytes(name);
    }

    /// <summary>The plain model with other tensors, other bytes or other names; tensors that it has not are ones.</summary>
    private string Make(
        Func<IEnumerable<TensorInfo>, IEnumerable<TensorInfo>> choose,
        Func<string, byte[], byte[]>? change = null,
        Func<string, string>? rename = null)
    {
        string model = Cases.CopyModel(_folder);
        using CheckpointFolder plain = CheckpointFolder.Open(Cases.Path("00-plain", "model"));
        rename ??= name => name;
        Dictionary<string, TensorInfo> named = choose(plain.Tensors.Values).ToDictionary(tensor => rename(tensor.Name));
        SafetensorsWriter.Write(
            Path.Combine(model, "model.safetensors"),
            [.. named.Select(entry => entry.Value with { Name = entry.Key })],
            (tensor, destination) =>
            {
                TensorInfo original = named[tensor.Name];
                byte[] bytes = plain.Tensors.ContainsKey(original.Name)
                    ? plain.ReadBytes(original.Name)
                    : [.. Enumerable.Repeat((byte)1, (int)tensor.ByteLength)];
                destination(change?.Invoke(original.Name, bytes) ?? bytes);
            });
        return model;
    }
}
