using System.Text.RegularExpressions;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;
using Xunit;

namespace LLoCO.Core.Tests.Tool;

/// <summary>Kills <c>lloco finetune --self-study</c> while the teacher writes, and starts it again. A model with random weights
/// writes nothing of use, which is told; its replies are kept all the same.</summary>
public sealed partial class KilledStudyTests : IDisposable
{
    private const int KillAfter = 5;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Finetune_KilledWhileTheTeacherWrites_GoesOnAndKeepsTheSameReplies() => KillAndGoOnAsync(times: 1);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Finetune_Killed40TimesWhileTheTeacherWrites_GoesOnAndKeepsTheSameReplies() => KillAndGoOnAsync(SlowCount.Of(40));

    private async Task KillAndGoOnAsync(int times)
    {
        ModelFolders.MakeRandom(_folder.PathOf("model"));
        File.WriteAllText(
            _folder.PathOf("log.txt"),
            string.Concat(Enumerable.Range(0, 14).Select(day => $"The captain saw the storm {day}. The mayor saw the market {day}. ")));
        ToolRun compress = await ToolRun.OfAsync(
            "compress", _folder.PathOf("log.txt"), "--index", _folder.PathOf("index.db"), "--model", _folder.PathOf("model"));
        Assert.Equal(0, compress.Code);

        ToolRun whole = await ToolRun.OfAsync(Arguments("whole.jsonl"));
        for (int round = 0; round < times; round++)
        {
            string cache = $"killed{round}.jsonl";
            await KilledChild.RunAsync(Arguments(cache), " requests, ", times: KillAfter - (round % KillAfter));
            int kept = File.ReadAllLines(_folder.PathOf(cache)).Length;
            ToolRun resumed = await ToolRun.OfAsync(Arguments(cache));

            Assert.InRange(kept, KillAfter - (round % KillAfter), File.ReadAllLines(_folder.PathOf("whole.jsonl")).Length - 1);
            Assert.Equal(Replies("whole.jsonl"), Replies(cache));
            Assert.Equal((1, 1), (resumed.Code, whole.Code));
            Assert.Contains($"({kept} from the cache)", resumed.Error, StringComparison.Ordinal);
        }

        Assert.Contains("(0 from the cache)", whole.Error, StringComparison.Ordinal);
        Assert.Contains("wrote nothing of use", whole.Error, StringComparison.Ordinal);
    }

    // Keys, texts and tokens; the last digits of probabilities depend on how threads share the work.
    private string[] Replies(string cache) =>
        [.. File.ReadLines(_folder.PathOf(cache)).Select(line => Fraction().Replace(line, "#"))];

    [GeneratedRegex(@"-?\d+\.\d+(E-?\d+)?")]
    private static partial Regex Fraction();

    private string[] Arguments(string cache) =>
    [
        "finetune", "--index", _folder.PathOf("index.db"), "--model", _folder.PathOf("model"), "--out", _folder.PathOf("adapter"),
        "--self-study", "--study-cache", _folder.PathOf(cache), "--study-pairs", "1", "--verbose",
    ];
}
