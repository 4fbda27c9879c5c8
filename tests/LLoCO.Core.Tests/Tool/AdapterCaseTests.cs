using System.Text.Json.Nodes;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Tool;

/// <summary>Adapter folders in all writings that PEFT has for the same adapter: the reference's answer, or a refusal by name.</summary>
public sealed class AdapterCaseTests : IDisposable
{
    /// <summary>Answer of the plain LoRA, which the cases' table holds.</summary>
    private const string Adapted = "AOkq126zAXfgAXq126zA";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("adapter-reference")]
    [InlineData("adapter-default-in-names")]
    [InlineData("adapter-targets-absent-module")]
    [InlineData("adapter-targets-prefixed")]
    [InlineData("adapter-targets-regex")]
    public async Task Ask_AdapterInAnotherWriting_GivesTheReferencesAnswer(string name)
    {
        ToolRun run = await AskAsync(Cases.Path(name, "adapter"));

        Assert.Equal(Adapted, Answer(run));
    }

    [Fact]
    public async Task Ask_AdapterThatTookItsBeginningOffTheWeights_IsRefusedByTheKey()
    {
        ToolRun run = await AskAsync(Cases.Path("adapter-olora", "adapter"));

        Assert.NotEqual(0, run.Code);
        Assert.Contains("'init_lora_weights': \"olora\" is not supported", run.Error, StringComparison.Ordinal);
    }

    /// <summary>The reference has r 2, alpha 4, so that its scale is 2; each of these asks for the same scale.</summary>
    [Theory]
    [InlineData("use_rslora", "true", "2.8284271247461903")]
    [InlineData("alpha_pattern", "{\"q_proj\": 4, \"v_proj\": 4, \"o_proj\": 4}", "100")]
    [InlineData("alpha_pattern", "{\"self_attn.[qvo]_proj\": 4, \"o_proj\": 1000}", "100")]
    [InlineData("alpha_pattern", "{\"^model.layers.0.self_attn.q_proj\": 4, \"[vo]_proj\": 4}", "77")]
    [InlineData("alpha_pattern", "{\"proj\": 9, \"k_proj\": 9}", "4")]
    [InlineData("rank_pattern", "{\"q_proj\": 2}", "4")]
    [InlineData("layers_to_transform", "[0]", "4")]
    [InlineData("target_modules", "\"all-linear\"", "4")]
    public async Task Ask_ScaleInAnotherWriting_GivesTheReferencesAnswer(string key, string value, string alpha)
    {
        string adapter = Copy("adapter-reference");
        Configure(adapter, (key, value), ("lora_alpha", alpha));

        Assert.Equal(Adapted, Answer(await AskAsync(adapter)));
    }

    [Fact]
    public async Task Ask_AnotherScale_GivesAnotherAnswer()
    {
        string adapter = Copy("adapter-reference");
        Configure(adapter, ("use_rslora", "true"), ("lora_alpha", "40"));

        Assert.NotEqual(Adapted, Answer(await AskAsync(adapter)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_AdapterThatBringsEmbeddings_MustBringTheModelsOwn(bool same)
    {
        string adapter = Copy("adapter-reference");
        using (SafetensorsFile weights = SafetensorsFile.Open(Cases.Path("adapter-reference", "adapter", "adapter_model.safetensors")))
        using (SafetensorsFile model = SafetensorsFile.Open(Cases.Path("00-plain", "model", "model.safetensors")))
        {
            TensorInfo embedding = model.Tensors["model.embed_tokens.weight"] with { Name = "base_model.model.model.embed_tokens.weight" };
            TensorInfo head = model.Tensors["lm_head.weight"] with { Name = "base_model.model.lm_head.weight" };
            SafetensorsWriter.Write(
                Path.Combine(adapter, "adapter_model.safetensors"), [.. weights.Tensors.Values, embedding, head], (tensor, bytes) =>
                {
                    if (tensor == embedding)
                    {
                        model.CopyTo("model.embed_tokens.weight", bytes);
                    }
                    else if (tensor == head)
                    {
                        model.CopyTo(same ? "lm_head.weight" : "model.embed_tokens.weight", bytes);
                    }
                    else
                    {
                        weights.CopyTo(tensor.Name, bytes);
                    }
                });
        }

        ToolRun run = await AskAsync(adapter);

        if (same)
        {
            Assert.Equal(Adapted, Answer(run));
        }
        else
        {
            Assert.NotEqual(0, run.Code);
            Assert.Contains("'base_model.model.lm_head.weight': the adapter brings embeddings", run.Error, StringComparison.Ordinal);
        }
    }

    private static string? Answer(ToolRun run)
    {
        Assert.True(run.Code == 0, run.Error);
        return Assert.Single(run.Json).GetProperty("answer").GetString();
    }

    private static void Configure(string adapter, params (string Key, string Json)[] values)
    {
        string path = Path.Combine(adapter, "adapter_config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        foreach ((string key, string json) in values)
        {
            config[key] = JsonNode.Parse(json);
        }

        File.WriteAllText(path, config.ToJsonString());
    }

    private string Copy(string name)
    {
        string adapter = _folder.PathOf("adapter");
        Directory.CreateDirectory(adapter);
        foreach (string file in Directory.EnumerateFiles(Cases.Path(name, "adapter")))
        {
            File.Copy(file, Path.Combine(adapter, Path.GetFileName(file)), overwrite: true);
        }

        return adapter;
    }

    private async Task<ToolRun> AskAsync(string adapter)
    {
        string model = Cases.Path("00-plain", "model");
        string index = _folder.PathOf($"{Guid.NewGuid():N}.db");
        ToolRun compress = await ToolRun.OfAsync("compress", Cases.Path("00-plain", "doc.txt"), "--index", index, "--model", model);
        Assert.True(compress.Code == 0, compress.Error);
        return await ToolRun.OfAsync(
            "ask", "the cat on a boat", "--index", index, "--model", model, "--max-new-tokens", "12", "--adapter", adapter, "--json");
    }
}
