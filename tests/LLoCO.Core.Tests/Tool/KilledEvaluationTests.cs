using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>Kills an evaluation in the middle, as a power cut would, and starts it again.</summary>
public sealed class KilledEvaluationTests : IDisposable
{
    private const int Questions = 40;
    private const int KillAfter = 15;

    private readonly TemporaryFolder _folder = new();

    private string Results => _folder.PathOf("results.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Eval_KilledAndStartedAgain_KeepsWhatWasAnsweredAndAsksTheRest()
    {
        ModelFolders.MakeRandom(_folder.PathOf("model"), window: 512);
        File.WriteAllLines(_folder.PathOf("questions.jsonl"), Enumerable.Range(0, Questions).Select(number =>
            $$"""{"id": "{{number}}", "group": "ship", "document": "The captain saw the storm.", "question": "Who saw it on day {{number}}?", "answers": ["x"]}"""));

        await KilledChild.RunAsync([.. Arguments(), "--verbose"], " -> ", times: KillAfter);
        string[] before = WholeLines();
        ToolRun resumed = await ToolRun.OfAsync([.. Arguments(), "--json"]);
        string[] after = WholeLines();

        Assert.Equal(0, resumed.Code);
        Assert.InRange(before.Length, 1 + KillAfter, (2 * Questions) - 1);
        Assert.Equal(before, after.Take(before.Length));
        Assert.Equal(1 + (2 * Questions), after.Length);
        Assert.All(resumed.Json, row => Assert.Equal(Questions, row.GetProperty("questions").GetInt32()));
    }

    // The blow may have cut a line in two.
    private string[] WholeLines()
    {
        string text = File.ReadAllText(Results);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private string[] Arguments() =>
    [
        "eval", "--data", _folder.PathOf("questions.jsonl"), "--mode", "none", "lloco", "--max-new-tokens", "4",
        "--results", Results, "--model", _folder.PathOf("model"),
    ];
}
