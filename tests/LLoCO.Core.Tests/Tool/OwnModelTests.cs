using System.Text.Json;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using LLoCO.Tool;

namespace LLoCO.Core.Tests.Tool;

/// <summary>The way from a model folder without a compressor to answers.</summary>
public sealed class OwnModelTests : IDisposable
{

    /// <summary>So many that a run is still at work when the blow falls that its third step calls for.</summary>
    private const int Steps = 40;

    private readonly TemporaryFolder _folder = new();

    private string Base => _folder.PathOf("base");

    private string Out => _folder.PathOf("made");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task InspectPretrainCompressAsk_ModelWithoutCompressor_EndsWithAnAnswer()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "signals are sent with kill");
        ChatModelFolder.Make(Base);
        WriteTexts();

        ToolRun before = await ToolRun.OfAsync("inspect", Base, "--json");
        Assert.Equal(1, before.Code);
        Assert.Equal("qwen3", before.Json[0].GetProperty("model_type").GetString());
        Assert.False(before.Json[0].GetProperty("can_compress").GetBoolean());
        Assert.All(before.Json[0].GetProperty("parts").EnumerateArray(), part => Assert.NotEqual("False", $"{part.GetProperty("supported")}"));
        Assert.StartsWith($"lloco pretrain --base {Base} ", before.Json[0].GetProperty("next").GetString(), StringComparison.Ordinal);

        // A first run is killed, the second goes on.
        (int code, string errors) = await KilledChild.RunAsync(Pretrain(), "held out: loss");
        Assert.NotEqual(0, code);
        Assert.Contains($"estimate: {Steps} steps", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Out, "model.safetensors")));
        ToolRun made = await ToolRun.OfAsync([.. Pretrain(), "--json"]);
        Assert.True(made.Code == 0, made.Error);
        Assert.Equal(Steps, made.Json[0].GetProperty("steps").GetInt32());
        Assert.True(File.Exists(made.Json[0].GetProperty("chart").GetString()));

        ToolRun after = await ToolRun.OfAsync("inspect", Out, "--json");
        Assert.True(after.Code == 0, after.Error);
        Assert.True(after.Json[0].GetProperty("can_compress").GetBoolean());
        Assert.Contains("lloco compress", after.Json[0].GetProperty("next").GetString(), StringComparison.Ordinal);
        Assert.Contains("chat_template.jinja", after.Output, StringComparison.Ordinal);
        await AskAsync();
    }

    [Fact]
    public async Task Inspect_ModelWithoutCompressor_TellsInOrder()
    {
        ChatModelFolder.Make(Base);

        ToolRun run = await ToolRun.OnTerminalAsync("inspect", Base);

        int[] places = [.. ((string[])[
            "model:", "qwen3", "  weights:", "  config:", "  tokenizer:", "  chat template:", "  generation config:", "  adapter:",
            "cannot compress", "next:        lloco pretrain --base",
        ]).Select(part => run.Output.IndexOf(part, StringComparison.Ordinal))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Equal(1, run.Code);
        Assert.Contains("summary_length", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chat_template.jinja", "{% include 'x' %}", "chat template", "'include' is not supported")]
    [InlineData("config.json", """{"model_type": "mixtral"}""", "config", "mixture of experts")]
    [InlineData("tokenizer.json", "{}", "tokenizer", "tokenizer.json")]
    [InlineData("generation_config.json", """{"eos_token_id": "x"}""", "generation config", "eos_token_id")]
    [InlineData("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "weights", "Git LFS pointer")]
    [InlineData("adapters/a/adapter_config.json", "{", "adapter", "adapter_config.json")]
    public async Task Inspect_PartThatCannotBeUsed_IsNamedWithTheOthers(string file, string content, string part, string fault)
    {
        ChatModelFolder.Make(Base, summary: 2);
        string path = Path.Combine(Base, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);

        ToolRun run = await ToolRun.OfAsync("inspect", Base, "--json");

        Assert.Equal(1, run.Code);
        JsonElement[] parts = [.. run.Json[0].GetProperty("parts").EnumerateArray()];
        Assert.Equal(6, parts.Length);
        JsonElement bad = Assert.Single(parts, one => one.GetProperty("supported").ValueKind == JsonValueKind.False);
        Assert.Equal(part, bad.GetProperty("name").GetString());
        Assert.Contains(fault, bad.GetProperty("note").GetString(), StringComparison.Ordinal);
        Assert.Contains(fault, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Inspect_FolderAroundAModel_NamesTheModel()
    {
        ChatModelFolder.Make(Base);

        ToolRun run = await ToolRun.OfAsync("inspect", _folder.PathOf(string.Empty));

        Assert.Equal(1, run.Code);
        Assert.Contains($"lloco inspect {Base}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pretrain_Estimate_TellsAndTrainsNothing()
    {
        ChatModelFolder.Make(Base);
        WriteTexts();

        ToolRun run = await ToolRun.OfAsync([.. Pretrain(), "--estimate", "--json"]);

        Assert.True(run.Code == 0, run.Error);
        Assert.Equal((Steps, 64, 2, 16), (Number("steps"), Number("segment_length"), Number("summary_length"), Number("lora_rank")));
        Assert.InRange(run.Json[0].GetProperty("hours").GetDouble(), 1e-9, 1);
        Assert.InRange(run.Json[0].GetProperty("bytes").GetDouble(), 1e6, 1e9);
        Assert.False(Directory.Exists(Out));
        int Number(string name) => run.Json[0].GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Pretrain_BaseAndModel_IsWrongUsage()
    {
        ToolRun run = await ToolRun.OfAsync([.. Pretrain(), "--model", Base]);

        Assert.Equal(2, run.Code);
        Assert.Contains("--base", run.Error, StringComparison.Ordinal);
    }

    private string[] Pretrain() =>
    [
        "pretrain", "--base", Base, "--corpus", _folder.PathOf("texts"), "--out", Out, "--steps", $"{Steps}", "--accumulation", "2",
        "--validate-every", "3", "--checkpoint-every", "2", "--hold-out", "0.2",
    ];

    private async Task AskAsync()
    {
        string index = _folder.PathOf("docs.db");
        ToolRun compress = await ToolRun.OfAsync("compress", _folder.PathOf("texts"), "--index", index, "--model", Out);
        Assert.True(compress.Code == 0, compress.Error);
        ToolRun ask = await ToolRun.OfAsync(
            "ask", "Who saw the storm?", "--index", index, "--model", Out, "--max-new-tokens", "4", "--json");
        Assert.True(ask.Code == 0, ask.Error);
        ToolRun plain = await ToolRun.OfAsync(
            "ask", "Who saw the storm?", "--index", index, "--model", Out, "--max-new-tokens", "4", "--template", "none", "--json");
        Assert.True(Prompt(ask) > Prompt(plain));
        int Prompt(ToolRun run) => run.Json[0].GetProperty("tokens").GetProperty("prompt").GetInt32();
    }

    private void WriteTexts()
    {
        Directory.CreateDirectory(_folder.PathOf("texts"));
        foreach (string name in (string[])["a", "b", "c"])
        {
            File.WriteAllText(
                _folder.PathOf($"texts/{name}.txt"),
                string.Concat(Enumerable.Repeat($"The captain saw the storm {name}. The mayor saw the market. ", 40)));
        }
    }
}
