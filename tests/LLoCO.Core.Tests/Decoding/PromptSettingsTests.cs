using LLoCO.Core.Decoding;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Decoding;

public sealed class PromptSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.PathOf("lloco.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_NoFile_IsTheDefault()
    {
        PromptSettings settings = PromptSettings.Read(Path.GetDirectoryName(File)!);

        Assert.Same(PromptTemplate.Default, settings.For("ship"));
        Assert.Empty(settings.Adapters);
    }

    [Fact]
    public void Read_TemplatesOfAdapters_ComeBeforeTheModels()
    {
        PromptSettings settings = Read("""{"prompt": "Q {question}", "prompts": {"ship": "S {question}!"}, "other": 5}""");

        Assert.Equal("Q why {question}", settings.For(null).Format("why {question}"));
        Assert.Equal("Q why", settings.For("town").Format("why"));
        Assert.Equal("S why!", settings.For("ship").Format("why"));
    }

    [Fact]
    public void Read_MarksOfAdapters_BelongToThemAlone()
    {
        PromptSettings settings = Read("""{"answer_after": {"babi": ":"}}""");

        Assert.Equal(":", settings.MarkOf("babi"));
        Assert.Null(settings.MarkOf("ship"));
        Assert.Null(settings.MarkOf(null));
    }

    [Theory]
    [InlineData("""{"answer_after": ":"}""", "answer_after", "not an object")]
    [InlineData("""{"answer_after": {"babi": " "}}""", "answer_after.babi", "an empty text marks nothing")]
    [InlineData("""{"answer_after": {"babi": 5}}""", "answer_after.babi", "5 is not a string")]
    [InlineData("[]", null, "not an object")]
    [InlineData("{\"prompt\":", "prompt", "cannot be read")]
    [InlineData("""{"prompt": 5}""", "prompt", "5 is not a string")]
    [InlineData("""{"prompt": "no mark"}""", "prompt", "must hold {question} exactly once")]
    [InlineData("""{"prompt": "{question} {question}"}""", "prompt", "must hold {question} exactly once")]
    [InlineData("""{"prompts": []}""", "prompts", "not an object")]
    [InlineData("""{"prompts": {"ship": null}}""", "prompts.ship", "null is no template")]
    [InlineData("""{"prompts": {"ship": "no mark"}}""", "prompts.ship", "must hold {question} exactly once")]
    [InlineData("""{"prompts": {"ship": "{question}", "ship": "{question}"}}""", "ship", "twice")]
    public void Read_FaultyFile_IsRefusedByFileKeyAndFault(string json, string? key, string fault) =>
        Refusal.Expect(() => { Read(json); }, File, key, fault);

    [Fact]
    public void Read_HugeFile_IsRefused() =>
        Refusal.Expect(() => { Read(new string(' ', (1 << 20) + 1)); }, File, null, "at most 1048576 are read");

    private PromptSettings Read(string json)
    {
        System.IO.File.WriteAllText(File, json);
        return PromptSettings.Read(Path.GetDirectoryName(File)!);
    }
}
