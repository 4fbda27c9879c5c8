using System.Text;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Checkpoints;
using LLoCO.Core.Tests.Index;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;
using LLoCO.Evaluation.Needles;
using LLoCO.Tool.Verbs.Train;
using LLoCO.Tool.Verification;
using LLoCO.Training;

namespace LLoCO.Core.Tests.Fuzzing;

/// <summary>Inputs that readers once answered with a raw error, or read wrongly without a word.</summary>
public sealed class FoundInputsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"case": "\ud800", "model": "model"}""")]
    [InlineData("""{"case": "a", "model": "\udc00"}""")]
    [InlineData("[]")]
    public async Task Verify_AGoldenOfBrokenText_IsRefusedByItsFile(string json)
    {
        string path = Write(GoldenVerifier.ScenarioFile, json);

        CheckpointFormatException error = await Assert.ThrowsAsync<CheckpointFormatException>(() => GoldenVerifier.VerifyAsync(
            _folder.PathOf("."), cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"step": 2, "lo""")]
    [InlineData("""{"step": 1e99, "loss": 0.5}""")]
    [InlineData("""{"step": "2", "loss": 0.5}""")]
    [InlineData("""{"step": 2, "loss": "x"}""")]
    [InlineData("""{"loss": 0.5}""")]
    [InlineData("7")]
    public void Metrics_ALineThatIsNone_IsPassedOver(string line)
    {
        var folder = new TrainingFolder(_folder.PathOf("result"));
        string good = """{"step": 1, "loss": 0.25}""";
        string path = Write(Path.Combine("result", TrainingFiles.Folder, TrainingFiles.Metrics), $"{good}\n{line}\n");

        Assert.Equal([(1.0, 0.25)], LossChart.Read(path).Training);
        folder.KeepMetrics(1);
        Assert.Equal([good], File.ReadAllLines(path));
    }

    [Theory]
    [InlineData("""[{"name": "\ud800", "text": "x"}]""")]
    [InlineData("""[{"name": 5}]""")]
    [InlineData("null")]
    public void StudyPrompts_BrokenTextOrKind_AreRefusedByTheirFile(string json)
    {
        string path = Write("prompts.json", json);

        Assert.Contains(path, Assert.Throws<LlocoException>(() => StudyPromptFile.Named(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_ALineThatIsNoUtf8_IsRefusedInsteadOfWhatStandsBehindItBeingLost()
    {
        var settings = new Dictionary<string, string> { ["prompt"] = "Q" };
        string path = _folder.PathOf("results.jsonl");
        using (EvaluationResultsFile file = EvaluationResultsFile.Open(path, settings))
        {
            for (int i = 0; i < 2; i++)
            {
                file.Add(new EvaluatedQuestion
                {
                    Data = "d", Row = "lloco", Mode = EvaluationMode.Lloco, Id = $"{i}", Group = "g", Document = "log", Digest = "x",
                    Question = "?", Answers = ["PLACE"],
                });
            }
        }

        byte[] bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().IndexOf("PLACE"u8)] = 0xff;
        File.WriteAllBytes(path, bytes);

        LlocoException error = Assert.Throws<LlocoException>(() => EvaluationResultsFile.Open(path, settings));
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public void Texts_ThatAreNoUtf8_AreRefusedByTheirFile()
    {
        string path = _folder.PathOf("book.txt");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes("1 Größe.\n2 Wo? \tda\t1\n"));

        foreach (Action read in (Action[])
        [
            () => BookFiles.Sentences(path), () => _ = new BabiReader().Read(path).ToArray(), () => _ = new NeedleFile(path),
        ])
        {
            Assert.Contains("book.txt", Assert.Throws<LlocoException>(read).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Lines_LongerThanTheBound_AreRefusedWithTheirNumber()
    {
        using var stream = new MemoryStream(Encoding.ASCII.GetBytes("short\n" + new string('a', 3 << 20)));

        LlocoException error = Assert.Throws<LlocoException>(() => ByteLines.Read(stream, "x.jsonl", 1 << 20).Count());
        Assert.Contains("x.jsonl, line 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_WholeAndHalf_AreToldApart()
    {
        using var stream = new MemoryStream("a\n\nbc"u8.ToArray());

        Assert.Equal(
            [("a", true), ("", true), ("bc", false)],
            ByteLines.Read(stream, "x").Select(line => (Encoding.ASCII.GetString(line.Bytes), line.IsEnded)));
    }

    private string Write(string name, string text)
    {
        string path = _folder.PathOf(name);
        File.WriteAllText(path, text);
        return path;
    }
}
