using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Tool;

/// <summary>Model folders as people have them: the answer is that of the plain model, or a message says what the files are.</summary>
public sealed class ModelCaseTests : IDisposable
{
    /// <summary>The plain model's answer, as the cases' READMEs have it.</summary>
    private const string Plain = "ooA<<<<<k<<<";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("00-plain")]
    [InlineData("config-no-max-position")]
    [InlineData("prefix-module")]
    [InlineData("prefix-orig-mod")]
    [InlineData("unused-dtype")]
    public async Task Ask_FolderThatDiffersInForm_GivesThePlainAnswer(string name)
    {
        JsonElement answer = await AskAsync(Cases.Path(name, "model"));

        Assert.Equal((Plain, "length"), Read(answer));
    }

    [Theory]
    [InlineData("hidden_act", "\"swish\"")]
    [InlineData("max_position_embeddings", null)]
    [InlineData("torch_dtype", "\"float32\"")]
    public async Task Ask_ConfigInAnotherWriting_GivesThePlainAnswer(string key, string? value)
    {
        string model = Cases.CopyModel(_folder);
        Cases.Configure(model, (key, value), ("max_sequence_length", "512"));

        Assert.Equal((Plain, "length"), Read(await AskAsync(model)));
    }

    [Fact]
    public async Task Ask_EmbeddingWithMoreRowsThanPieces_NeverChoosesThem()
    {
        JsonElement answer = await AskAsync(Cases.Path("padded-vocabulary", "model"));

        Assert.Equal(12, answer.GetProperty("tokens").GetProperty("generated").GetInt32());
        Assert.DoesNotContain('\uFFFD', answer.GetProperty("answer").GetString()!);
    }

    [Theory]
    [InlineData("[2, 57]", null)]
    [InlineData("57", null)]
    [InlineData("2", "{\"eos_token_id\": 57}")]
    [InlineData("2", "{\"eos_token_id\": [2, 57], \"temperature\": 0.6}")]
    [InlineData(null, "{\"eos_token_id\": [57]}")]
    public async Task Ask_EndsThatTheFilesName_EndTheAnswer(string? config, string? generation)
    {
        string model = Cases.CopyModel(_folder);
        Cases.Configure(model, ("eos_token_id", config));
        if (generation is not null)
        {
            File.WriteAllText(Path.Combine(model, "generation_config.json"), generation);
        }

        Assert.Equal(("oo", "stop"), Read(await AskAsync(model)));
    }

    [Theory]
    [InlineData("model", "Git LFS pointer")]
    [InlineData("model-bin", "Git LFS pointer")]
    [InlineData("model-html", "HTML page")]
    public async Task Inspect_PointerOrPage_IsNamed(string name, string fault)
    {
        ToolRun run = await ToolRun.OfAsync("inspect", Cases.Path("lfs-pointers", name));

        Assert.Equal(1, run.Code);
        Assert.Contains(fault, run.Error, StringComparison.Ordinal);
        Assert.Contains("hf download", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokenize_Pointer_IsNamed()
    {
        ToolRun run = await ToolRun.WithInputAsync("\"x\"\n", "tokenize", "--tokenizer", Cases.Path("lfs-pointers", "model"));

        Assert.Equal(1, run.Code);
        Assert.Contains("499723 bytes", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_ModelThatWorks_EndsWithNoughtAndSaysSo()
    {
        ToolRun run = await ToolRun.OfAsync("inspect", Cases.Path("00-plain", "model"));

        Assert.Equal(0, run.Code);
        Assert.Contains("can compress and answer", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("summary_length", null, "embed_summary.weight")]
    [InlineData("num_hidden_layers", "2", "model.layers.1.input_layernorm.weight")]
    [InlineData("intermediate_size", "32", "config.json asks for")]
    [InlineData("eos_token_id", "\"end\"", "not a whole number")]
    public async Task Inspect_ConfigThatTheWeightsContradict_EndsWithOne(string key, string? value, string fault)
    {
        string model = Cases.CopyModel(_folder);
        Cases.Configure(model, (key, value));

        ToolRun run = await ToolRun.OfAsync("inspect", model);

        Assert.Equal(1, run.Code);
        Assert.Contains(fault, run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_ModelWithoutCompressorOrTokenizer_NamesBothAndEndsWithOne()
    {
        string model = Cases.CopyModel(_folder);
        Cases.Configure(model, ("summary_length", null));
        using (SafetensorsFile whole = SafetensorsFile.Open(Cases.Path("00-plain", "model", "model.safetensors")))
        {
            SafetensorsWriter.Write(
                Path.Combine(model, "model.safetensors"),
                [.. whole.Tensors.Values.Where(tensor => tensor.Name != "embed_summary.weight")],
                (tensor, bytes) => whole.CopyTo(tensor.Name, bytes));
        }

        File.Delete(Path.Combine(model, "tokenizer.model"));

        ToolRun run = await ToolRun.OfAsync("inspect", model, "--json");

        Assert.Equal(1, run.Code);
        string[] faults = [.. run.Json[0].GetProperty("faults").EnumerateArray().Select(fault => fault.GetString()!)];
        Assert.Equal(2, faults.Length);
        Assert.Contains("neither tokenizer.model nor tokenizer.json", faults[0], StringComparison.Ordinal);
        Assert.Contains("lloco pretrain", faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compress_ModelOfAnotherKindWithoutTokenizer_IsRefusedByItsKind()
    {
        string model = Cases.CopyModel(_folder);
        Cases.Configure(model, ("model_type", "\"mixtral\""));
        File.Delete(Path.Combine(model, "tokenizer.model"));

        ToolRun run = await ToolRun.OfAsync(
            "compress", Cases.Path("00-plain", "doc.txt"), "--index", _folder.PathOf("x.db"), "--model", model);

        Assert.NotEqual(0, run.Code);
        Assert.Contains("mixture of experts", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("tokenizer", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public async Task Compress_WeightThatIsNotFinite_IsRefusedByName(float number)
    {
        string model = Cases.CopyModel(_folder);
        using (SafetensorsFile whole = SafetensorsFile.Open(Cases.Path("00-plain", "model", "model.safetensors")))
        {
            SafetensorsWriter.Write(Path.Combine(model, "model.safetensors"), [.. whole.Tensors.Values], (tensor, destination) =>
            {
                byte[] bytes = whole.ReadBytes(tensor.Name);
                if (tensor.Name == "model.norm.weight")
                {
                    BitConverter.TryWriteBytes(bytes.AsSpan(12), number);
                }

                destination(bytes);
            });
        }

        ToolRun run = await ToolRun.OfAsync(
            "compress", Cases.Path("00-plain", "doc.txt"), "--index", _folder.PathOf("x.db"), "--model", model);

        Assert.NotEqual(0, run.Code);
        Assert.Contains("'model.norm.weight': it holds numbers that are infinite or NaN", run.Error, StringComparison.Ordinal);
    }

    private static (string? Text, string? Finish) Read(JsonElement answer) =>
        (answer.GetProperty("answer").GetString(), answer.GetProperty("finish").GetString());

    private async Task<JsonElement> AskAsync(string model)
    {
        string index = _folder.PathOf($"{Guid.NewGuid():N}.db");
        ToolRun compress = await ToolRun.OfAsync("compress", Cases.Path("00-plain", "doc.txt"), "--index", index, "--model", model);
        Assert.True(compress.Code == 0, compress.Error);
        ToolRun ask = await ToolRun.OfAsync(
            "ask", "the cat on a boat", "--index", index, "--model", model, "--max-new-tokens", "12", "--json");
        Assert.True(ask.Code == 0, ask.Error);
        return Assert.Single(ask.Json);
    }
}
