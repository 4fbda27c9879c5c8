using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Tool.Verbs;

/// <summary><c>lloco export</c>, and asking with what it writes.</summary>
public sealed class ExportVerbTests(RandomModel model) : IClassFixture<RandomModel>, IDisposable
{
    private const string Question = "What did the captain see?";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Export_Cartridge_AnswersAsTheDocumentItself()
    {
        string index = await CompressAsync();

        ToolRun export = await ToolRun.OfAsync(
            "export", "text.txt", "--cartridge", "--index", index, "--adapter", "none", "--out", Path("cartridge"), "--model", model.Folder,
            "--json");
        ToolRun inspect = await ToolRun.OfAsync("inspect", Path("cartridge"), "--json");
        ToolRun asked = await AskAsync("--index", index, "--adapter", "none");
        ToolRun behind = await AskAsync("--adapter", Path("cartridge"));

        Assert.True(export.Code == 0, export.Error);
        int tokens = export.Json[0].GetProperty("prefix").GetProperty("tokens").GetInt32();
        Assert.Equal(asked.Json[0].GetProperty("tokens").GetProperty("summary").GetInt32(), tokens);
        Assert.Equal("prefix", inspect.Json[0].GetProperty("kind").GetString());
        Assert.Equal(tokens, inspect.Json[0].GetProperty("prefix").GetProperty("tokens").GetInt32());
        Assert.True(behind.Code == 0, behind.Error);
        Assert.Equal(asked.Json[0].GetProperty("answer").GetString(), behind.Json[0].GetProperty("answer").GetString());
        Assert.Equal(tokens, behind.Json[0].GetProperty("tokens").GetProperty("summary").GetInt32());
    }

    [Fact]
    public async Task Export_CartridgeOfAnAdapter_WritesItBackByteForByte()
    {
        using var made = new CartridgeFolder(layers: 2, heads: 2, head: 16);

        ToolRun export = await ToolRun.OfAsync(
            "export", "--cartridge", "--adapter", made.Folder, "--out", Path("copy"), "--model", model.Folder);

        Assert.True(export.Code == 0, export.Error);
        Assert.Equal(File.ReadAllBytes(made.Weights), File.ReadAllBytes(Path("copy/adapter_model.safetensors")));
        Assert.Equal(File.ReadAllBytes(made.Config), File.ReadAllBytes(Path("copy/adapter_config.json")));
    }

    [Fact]
    public async Task Export_Vllm_WritesTensorRequestsAdapterAndNote()
    {
        string index = await CompressAsync();

        ToolRun export = await ToolRun.OfAsync(
            "export", "text.txt", "--vllm", "--index", index, "--adapter", "ship", "--out", Path("vllm"), "--model", model.Folder,
            "--question", Question, "--served-model", "base", "--json");

        Assert.True(export.Code == 0, export.Error);
        int tokens = export.Json[0].GetProperty("tokens").GetInt32();
        string embeds = File.ReadAllText(Path("vllm/prompt_embeds.b64"));
        (string pickle, byte[] numbers) = Unpack(embeds);
        Assert.Equal(4 * 32 * tokens, numbers.Length);
        Assert.Contains("torch\nFloatStorage", pickle, StringComparison.Ordinal);
        JsonElement chat = Json("vllm/chat.json");
        JsonElement parts = chat.GetProperty("messages")[0].GetProperty("content");
        Assert.Equal("ship", chat.GetProperty("model").GetString());
        Assert.Equal(("prompt_embeds", embeds), (parts[0].GetProperty("type").GetString(), parts[0].GetProperty("data").GetString()));
        Assert.Equal(("text", $"Question: {Question} Answer:"), (parts[1].GetProperty("type").GetString(), parts[1].GetProperty("text").GetString()));
        JsonElement completion = Json("vllm/completion.json");
        byte[] whole = Unpack(completion.GetProperty("prompt_embeds").GetString()!).Numbers;
        Assert.Equal(JsonValueKind.Null, completion.GetProperty("prompt").ValueKind);
        Assert.True(whole.Length > numbers.Length && whole.Length % (4 * 32) == 0);
        Assert.Equal(numbers, whole[..numbers.Length]);
        using PeftAdapterFolder adapter = PeftAdapterFolder.Open(Path("vllm/adapter"));
        Assert.Equal(2, adapter.Config.Rank);
        string note = File.ReadAllText(Path("vllm/README.md"));
        Assert.All(
            ["--enable-prompt-embeds", "--no-enable-prefix-caching", "--enable-lora --lora-modules ship=adapter --max-lora-rank 8", "vllm serve"],
            option => Assert.Contains(option, note, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_VllmWithoutQuestion_KeepsTheMarkAndWritesNoCompletion()
    {
        string index = await CompressAsync();

        ToolRun export = await ToolRun.OfAsync(
            "export", "text.txt", "--vllm", "--index", index, "--adapter", "none", "--out", Path("vllm"), "--model", model.Folder);

        Assert.True(export.Code == 0, export.Error);
        Assert.Equal(
            "Question: {question} Answer:",
            Json("vllm/chat.json").GetProperty("messages")[0].GetProperty("content")[1].GetProperty("text").GetString());
        Assert.False(File.Exists(Path("vllm/completion.json")));
        Assert.False(Directory.Exists(Path("vllm/adapter")));
    }

    [Theory]
    [InlineData("text.txt", "--out", "x")]
    [InlineData("text.txt", "--vllm", "--cartridge", "--out", "x")]
    [InlineData("--vllm", "--out", "x")]
    [InlineData("--cartridge", "--out", "x")]
    [InlineData("text.txt", "--vllm", "--out", "x")]
    public async Task Export_PartsThatDoNotGoTogether_AreWrongUsage(params string[] arguments)
    {
        ToolRun run = await ToolRun.OfAsync(["export", .. arguments]);

        Assert.Equal(2, run.Code);
    }

    [Fact]
    public async Task Export_VllmOfAKeyValuePrefix_IsRefused()
    {
        using var made = new CartridgeFolder(layers: 2, heads: 2, head: 16);
        string index = await CompressAsync();

        ToolRun run = await ToolRun.OfAsync(
            "export", "text.txt", "--vllm", "--index", index, "--adapter", made.Folder, "--out", Path("vllm"), "--model", model.Folder);

        Assert.Equal(1, run.Code);
        Assert.Contains("reads no summary embeddings", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_VllmOfAKeyValueMemory_IsRefused()
    {
        string index = await CompressAsync("--memory", "kv", "--slots", "4");

        ToolRun run = await ToolRun.OfAsync(
            "export", "text.txt", "--vllm", "--index", index, "--adapter", "none", "--out", Path("vllm"), "--model", model.Folder);

        Assert.Equal(1, run.Code);
        Assert.Contains("'text.txt' is kept as keys and values", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path("vllm")));
    }

    [Theory]
    [InlineData("--vllm", "README.md")]
    [InlineData("--cartridge", "adapter_config.json")]
    public async Task Export_ThatCannotWriteItsLastFile_LeavesNone(string kind, string last)
    {
        string index = await CompressAsync();
        Directory.CreateDirectory(Path($"out/{last}"));

        ToolRun run = await ToolRun.OfAsync(
            "export", "text.txt", kind, "--index", index, "--adapter", "none", "--out", Path("out"), "--model", model.Folder);

        Assert.Equal(1, run.Code);
        Assert.Contains($"{last}' is a folder", run.Error, StringComparison.Ordinal);
        Assert.Equal([Path($"out/{last}")], Directory.EnumerateFileSystemEntries(Path("out"), "*", SearchOption.AllDirectories));
    }

    private static (string Pickle, byte[] Numbers) Unpack(string base64)
    {
        using var zip = new System.IO.Compression.ZipArchive(new MemoryStream(Convert.FromBase64String(base64)));
        byte[] Read(string name)
        {
            using var bytes = new MemoryStream();
            using Stream stream = zip.GetEntry(name)!.Open();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        }

        byte[] pickle = Read("archive/data.pkl");

        // A tensor itself, not a dictionary of them.
        Assert.Equal([0x80, 2, (byte)'c'], pickle[..3]);
        return (System.Text.Encoding.Latin1.GetString(pickle), Read("archive/data/0"));
    }

    private string Path(string name) => _folder.PathOf(name);

    private JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllText(Path(file))).RootElement;

    private async Task<string> CompressAsync(params string[] more)
    {
        File.WriteAllText(Path("text.txt"), string.Concat(Enumerable.Repeat("The captain saw the storm. The mayor saw the market. ", 3)));
        string index = Path("index.db");
        ToolRun run = await ToolRun.OfAsync(["compress", Path("text.txt"), "--index", index, "--model", model.Folder, .. more]);
        Assert.True(run.Code == 0, run.Error);
        return index;
    }

    private Task<ToolRun> AskAsync(params string[] more) => ToolRun.OfAsync(
        ["ask", Question, "--model", model.Folder, "--max-new-tokens", "8", "--json", .. more]);
}
