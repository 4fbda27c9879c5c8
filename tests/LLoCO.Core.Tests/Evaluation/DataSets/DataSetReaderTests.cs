using LLoCO.Core.Tests.Index;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;
using Xunit;

namespace LLoCO.Core.Tests.Evaluation.DataSets;

/// <summary>Small texts made by hand in the layouts that the data sets are published in.</summary>
public sealed class DataSetReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Quality_StrippedLine_GivesLetteredChoices()
    {
        QuestionItem[] items = ReadSample("quality", "quality.jsonl");

        Assert.Equal(["1_A_1", "1_B_1"], items.Select(item => item.Id));
        Assert.Equal("Who?\n\nChoices:\nA. Ann\nB. Bob\nC. Cy\nD. Di\n", items[0].Question);
        Assert.Equal(["B. Bob"], items[0].Answers);
        Assert.Equal("A story.\nIts end.", items[0].Document);
        Assert.Equal(["D. w"], items[1].Answers);
        Assert.Equal(items[0].DocumentId, items[1].DocumentId);
        Assert.Same(items[0].Document, items[1].Document);
    }

    [Fact]
    public void Quality_HtmlLine_IsStripped()
    {
        QuestionItem item = Assert.Single(ReadSample("quality", "quality-html.jsonl"));

        Assert.Equal("One & two three.\nFour\n\nFive <6>", item.Document);
        Assert.Equal(("9_X_1", "A. Ann"), (item.Id, item.Answers[0]));
    }

    [Fact]
    public void Scrolls_OneIdInSeveralLines_IsOneQuestionWithAllReferences()
    {
        QuestionItem[] items = ReadSample("scrolls-qasper", "scrolls-qasper.jsonl");

        Assert.Equal(["a_1", "b_1"], items.Select(item => item.Id));
        Assert.Equal(["SQuAD", "the SQuAD set"], items[0].Answers);
        Assert.Equal(("Which data?", "\nTitle\nText.", "qasper"), (items[0].Question, items[0].Document, items[0].Group));
        Assert.Equal(items[0].DocumentId, items[1].DocumentId);
    }

    [Fact]
    public void Qmsum_Meeting_GivesGeneralAndSpecificQueries()
    {
        QuestionItem[] items = ReadSample("qmsum", "qmsum.jsonl");

        Assert.Equal(["1_general_0", "1_specific_0"], items.Select(item => item.Id));
        Assert.Equal("Ann: Hello .\nBob: Bye .", items[0].Document);
        Assert.Same(items[0].Document, items[1].Document);
        Assert.Equal(("Why?", "So."), (items[1].Question, items[1].Answers[0]));
    }

    [Fact]
    public void Hotpot_Array_GivesParagraphsAsTheOriginalComposesThem()
    {
        QuestionItem[] items = ReadSample("hotpotqa", "hotpotqa.json");

        Assert.Equal(["x1", "x2"], items.Select(item => item.Id));
        Assert.Equal("Ann\nShe is. She was.\n\nBob\nHe is.", items[0].Document);
        Assert.Equal("Who [is] \"{it\"?", items[0].Question);
        Assert.Equal(items[0].DocumentId, items[1].DocumentId);
    }

    [Fact]
    public void LongBench_Lines_KeepTheirDataSetAsGroup()
    {
        QuestionItem[] items = ReadSample("longbench", "longbench.jsonl");

        Assert.Equal(
            ("f00", "narrativeqa", "Who?", "Text."), (items[0].Id, items[0].Group, items[0].Question, items[0].Document));
        Assert.Equal(["Ann", "Anna"], items[0].Answers);
        Assert.Equal(("gov_report", "Summarize the text above."), (items[1].Group, items[1].Question));
    }

    [Fact]
    public void Squad_Document_GivesEachAnswerOnce()
    {
        QuestionItem[] items = ReadSample("squad", "squad.json");

        Assert.Equal(["Ann"], items[0].Answers);
        Assert.Equal([""], items[1].Answers);
        Assert.Equal(("Who?", "Ann is here."), (items[0].Question, items[0].Document));
        Assert.Same(items[0].Document, items[1].Document);
    }

    [Fact]
    public void Fairytale_Folder_JoinsStoryAndQuestions()
    {
        Directory.CreateDirectory(_folder.PathOf("questions/val"));
        Directory.CreateDirectory(_folder.PathOf("section-stories/val"));
        File.WriteAllText(
            _folder.PathOf("section-stories/val/cat-story.csv"),
            "section,text\n1,\"A cat, \"\"Tom\"\",\nlived.\"\n2,It died.\n");
        File.WriteAllText(_folder.PathOf("questions/val/cat-questions.csv"), """
            question_id,local-or-sum,question,answer1,answer2,answer3,ex-or-im2,answer4
            1,local,Who lived?,"Tom, a cat",,,explicit,Tom
            2,local,What then?,It died.

            """);

        QuestionItem[] items = [.. new FairytaleReader().Read(_folder.PathOf("questions/val"))];

        Assert.Equal(["cat_1", "cat_2"], items.Select(item => item.Id));
        Assert.Equal("A cat, \"Tom\",\nlived.\n\nIt died.", items[0].Document!.ReplaceLineEndings("\n"));
        Assert.Equal(["Tom, a cat", "Tom"], items[0].Answers);
        Assert.Equal(["It died."], items[1].Answers);
    }

    [Fact]
    public void Babi_Stories_GiveTheFactsToldBefore()
    {
        QuestionItem[] items = Read("babi", """
            1 Mary took the milk.
            2 What is Mary carrying? 	milk	1
            3 Mary took the football.
            4 What is Mary carrying? 	milk,football	1 3
            1 John went home.
            2 Where is John? 	home	1
            """);

        Assert.Equal(["Mary took the milk.", "Mary took the milk.\nMary took the football.", "John went home."],
            items.Select(item => item.Document));
        Assert.Equal("What is Mary carrying?", items[0].Question);
        Assert.Equal(["milk,football", "milk, football"], items[1].Answers);
    }

    [Theory]
    [InlineData("quality", "{\"article\": \"x\", \"questions\": [{\"options\": [\"a\"]}]}", "gold_label")]
    [InlineData("quality", "{\"article_id\": \"1\"}", "article")]
    [InlineData("scrolls-qasper", "{\"id\": \"1\", \"input\": \"only a question\", \"output\": \"x\"}", "'input'")]
    [InlineData("scrolls-qmsum", "{\"id\": \"1\", \"input\": \"q\\nd\", \"output\": null}", "'output'")]
    [InlineData("qmsum", "{\"meeting_transcripts\": [1]}", "JSON")]
    [InlineData("longbench", "{\"context\": \"x\", \"answers\": [], \"dataset\": \"d\", \"input\": \"q\"}", "'answers'")]
    [InlineData("longbench", "not json", "JSON")]
    [InlineData("babi", "no number", "number")]
    [InlineData("jsonl", "{\"question\": \"x\"}", "'answers'")]
    [InlineData("jsonl", "{\"question\": \"x\", \"answers\": [\"a\", null]}", "'answers' holds null")]
    [InlineData("jsonl", "{\"question\": \"x\", \"answers\": null}", "'answers'")]
    [InlineData("jsonl", "{\"question\": \"x\", \"answers\": {}}", "'answers' is of another kind")]
    [InlineData("jsonl", "{\"question\": \"x\", \"answers\": [[]]}", "'answers' is of another kind")]
    [InlineData("jsonl", "{\"question\": true, \"answers\": [\"a\"]}", "'question' is of another kind")]
    [InlineData("jsonl", "{\"question\": \"x\", \"answers\": [\"a\"], \"choices\": [\"a\", null]}", "'choices' holds null")]
    [InlineData("jsonl", "{\"question\": \"\\ud800\", \"answers\": [\"a\"]}", "half a surrogate pair")]
    [InlineData("jsonl", "{\"question\": \"x\", \"answers\": [\"\\udc00\"]}", "half a surrogate pair")]
    [InlineData("quality", "{\"article\": \"\\ud800\", \"questions\": []}", "half a surrogate pair")]
    [InlineData("quality", "{\"article\": \"x\", \"\\ud800\": 1}", "half a surrogate pair")]
    [InlineData("quality", "{\"article\": \"x\", \"questions\": [null]}", "'questions' holds null")]
    [InlineData("quality", "{\"article\": \"x\", \"questions\": [{\"options\": [\"a\", null], \"gold_label\": 1}]}", "'options' holds null")]
    [InlineData("qmsum", "{\"meeting_transcripts\": [null], \"general_query_list\": []}", "'meeting_transcripts' holds null")]
    [InlineData("qmsum", "{\"meeting_transcripts\": [], \"specific_query_list\": [null]}", "'specific_query_list' holds null")]
    [InlineData("longbench", "{\"context\": \"x\", \"answers\": [\"a\"], \"dataset\": \"d\", \"all_classes\": [null]}", "'all_classes' holds null")]
    [InlineData("scrolls-qasper", "{\"id\": [], \"input\": \"q\\nd\", \"output\": \"x\"}", "'id' is of another kind")]
    public void Read_BrokenLine_IsNamedOrSkippedOnRequest(string format, string line, string fault)
    {
        string file = Write("\n" + line + "\n");
        IQuestionReader reader = DataSetFormats.ByName(format).Reader;

        LlocoException error = Assert.Throws<LlocoException>(() => reader.Read(file).ToArray());
        var broken = new List<BrokenLine>();
        QuestionItem[] rest = [.. reader.Read(file, broken.Add)];

        Assert.StartsWith($"{file}, line 2: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        Assert.Empty(rest);
        Assert.Equal((file, 2L), (Assert.Single(broken).File, broken[0].Line));
        Assert.Contains(fault, broken[0].Fault, StringComparison.Ordinal);
        Assert.DoesNotContain("line 2", broken[0].Fault, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"id\": 17, \"question\": \"q\", \"answers\": [\"a\"]}", "17")]
    [InlineData("{\"id\": \"17\", \"question\": \"q\", \"answers\": \"a\"}", "17")]
    [InlineData("[{\"id\": \"17\", \"question\": \"q\", \"answers\": [\"a\"]}]", "17")]
    [InlineData(" [\n {\"id\": 1.50,\n \"question\": \"q\", \"answers\": \"a\"}\n]\n", "1.50")]
    [InlineData("\ufeff{\"id\": \"17\", \"question\": \"q\", \"answers\": [\"a\"]}", "17")]
    [InlineData("\ufeff[{\"id\": \"17\", \"question\": \"q\", \"answers\": [\"a\"]}]", "17")]
    public void Jsonl_OtherShapesOfTheSame_AreRead(string text, string id)
    {
        QuestionItem item = Assert.Single(Read("jsonl", text));

        Assert.Equal((id, "q", "a"), (item.Id, item.Question, Assert.Single(item.Answers)));
    }

    [Theory]
    [InlineData("{\"meta\": [{\"note\": \"x\"}], \"data\": [ARTICLE]}")]
    [InlineData("{\"note\": \"data\", \"other\": [{}], \"data\": [ARTICLE], \"last\": [{\"data\": [{}]}]}")]
    [InlineData("{\"version\": {\"data\": [{}]}, \"data\" : [ ARTICLE ]}")]
    public void Squad_OtherArraysBesideData_ArePassedOver(string text)
    {
        const string Article =
            "{\"title\": \"t]}\", \"paragraphs\": [{\"context\": \"The captain is Ordra.\", \"qas\": [{\"id\": 1, \"question\": \"Who?\", "
            + "\"answers\": [{\"text\": \"Ordra\"}, null], \"is_impossible\": null}]}]}";

        QuestionItem item = Assert.Single(Read("squad", text.Replace("ARTICLE", Article, StringComparison.Ordinal)));

        Assert.Equal(("1", "Ordra"), (item.Id, Assert.Single(item.Answers)));
    }

    [Theory]
    [InlineData("squad", "{\"data\": [null, 5, \"a,]\", [{}], {\"paragraphs\": [null]}, {\"paragraphs\": [{\"context\": \"c\", \"qas\": [null]}]}]}", 6)]
    [InlineData("hotpotqa", "[null,\n{\"_id\": \"1\"}, {\"_id\": \"1\", \"question\": \"\\ud800\", \"answer\": \"a\", \"context\": []}]", 3)]
    public void Read_BrokenElements_AreEachNamedAndPassedOver(string format, string text, int faults)
    {
        string file = Write(text);
        IQuestionReader reader = DataSetFormats.ByName(format).Reader;
        var broken = new List<BrokenLine>();

        Assert.Empty(reader.Read(file, broken.Add).ToArray());

        Assert.Equal(faults, broken.Count);
        Assert.All(broken, one => Assert.DoesNotContain("System.", one.Fault, StringComparison.Ordinal));
        Assert.Throws<LlocoException>(() => reader.Read(file).ToArray());
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("squad")]
    [InlineData("longbench")]
    public void Read_Utf16OrObjectWithoutData_IsRefusedInWords(string format)
    {
        string file = _folder.PathOf("utf16.json");
        File.WriteAllText(file, "[{}]", System.Text.Encoding.Unicode);
        IQuestionReader reader = DataSetFormats.ByName(format).Reader;

        string message = Assert.Throws<LlocoException>(() => reader.Read(file, _ => { }).ToArray()).Message;

        Assert.Contains("UTF-16", message, StringComparison.Ordinal);
        Assert.Contains(
            "holds no array 'data'",
            Assert.Throws<LlocoException>(() => new SquadReader().Read(Write("{\"\": [{}]}"), _ => { }).ToArray()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BrokenElementOfAnArray_IsNamedByItsLineAndTheOthersAreRead()
    {
        string file = Write("[{\"_id\": \"1\", \"question\": \"q\", \"answer\": \"a\", \"context\": []},\n{\"_id\": \"2\"},\n"
            + "{\"_id\": \"3\", \"question\": \"q\", \"answer\": \"a\", \"context\": []}]");
        var broken = new List<BrokenLine>();

        QuestionItem[] items = [.. new HotpotReader().Read(file, broken.Add)];

        Assert.Equal(["1", "3"], items.Select(item => item.Id));
        Assert.Equal(2, Assert.Single(broken).Line);
    }

    [Theory]
    [InlineData("hotpotqa", "[{\"_id\": \"1\"")]
    [InlineData("squad", " ")]
    public void Read_CutArray_IsAnErrorEvenWhereLinesAreSkipped(string format, string text)
    {
        string file = Write(text);

        Assert.Contains(
            "ends too early",
            Assert.Throws<LlocoException>(() => DataSetFormats.ByName(format).Reader.Read(file, _ => { }).ToArray()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AbsentFile_FailsBeforeTheFirstQuestion()
    {
        foreach (DataSetFormat format in DataSetFormats.All)
        {
            LlocoException error = Assert.Throws<LlocoException>(() => format.Reader.Read(_folder.PathOf("none")));
            Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_HundredThousandLines_AreReadAsTheyAreAskedFor()
    {
        string file = _folder.PathOf("long.txt");
        File.WriteAllLines(file, Enumerable.Repeat("1 Fact.\n2 Q? \tA\t1", 50_000).Append("broken"));

        Assert.Equal(3, new BabiReader().Read(file).Take(3).Count());
    }

    private QuestionItem[] Read(string format, string text) => [.. DataSetFormats.ByName(format).Reader.Read(Write(text))];

    // Files made by hand, laid out as those of the data sets are.
    private static QuestionItem[] ReadSample(string format, string name) =>
    [
        .. DataSetFormats.ByName(format).Reader.Read(
            Path.Combine(RepositoryFiles.Root, "tests", "LLoCO.Core.Tests", "TestData", "datasets", name)),
    ];

    private string Write(string text)
    {
        string file = _folder.PathOf("data.txt");
        File.WriteAllText(file, text);
        return file;
    }
}
