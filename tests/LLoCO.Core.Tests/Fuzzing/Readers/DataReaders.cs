using System.Text;
using LLoCO.Core.Tests.Readers;
using LLoCO.Evaluation.DataSets;
using LLoCO.Evaluation.Needles;
using LLoCO.Evaluation;
using LLoCO.Readers;

namespace LLoCO.Core.Tests.Fuzzing.Readers;

/// <summary>The readers of questions, data sets, results, needles, books and documents.</summary>
internal static class DataReaders
{
    private static readonly Dictionary<string, string> Settings = new() { ["fingerprint"] = "one", ["prompt"] = "Q {question} A" };

    public static IReadOnlyList<ForeignReader> All { get; } =
    [
        new("questions", OpenQuestions, JsonDamage.Lines),
        .. DataSetFormats.All.Where(format => Sample(format.Name) is not null).Select(DataSet),
        new("babi", OpenBabi),
        new("fairytaleqa", OpenFairytale),
        new("results", OpenResults, JsonDamage.Lines),
        new("needles", OpenNeedles, JsonDamage.Lines),
        new("books", OpenBooks),
        new("documents", _ => new("text.txt", [Text("The captain saw — 漢字.\n\nA storm."), Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("Ein Text 😀.")).ToArray()],
            path => TextFile.Read(path))),
        new("files-md", _ => ReadFile("a.md", "# One\n\n- a\n- b *c* [d](e)\n\n|a|b|\n|-|-|\n|1|2|\n\n<b>x</b>\n")),
        new("files-html", _ => ReadFile("a.html", "<html><body><main><h1>A</h1><p>b<ul><li>c</ul><table><tr><td>1<td>2</table></main>")),
        new("files-csv", _ => ReadFile("a.csv", "a,b\n\"x, \"\"y\"\"\",2\n3,4\n")),
        new("files-eml", _ => ReadFile("a.eml", "From: a@b.example\r\nSubject: =?utf-8?q?s?=\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nHi\r\n--x--\r\n")),
        new("files-pdf", _ => new("a.pdf", [PdfPageLines.Build(new PdfPageLines().Add(["Some text"], 60, 700, 10))], ReadFile)),
        new("files-epub", _ => new("a.epub", [ReaderRun.Zip(
            ("META-INF/container.xml", "<container><rootfile full-path='p.opf'/></container>"),
            ("p.opf", "<package><item id='a' href='a.xhtml' media-type='text/html'/><itemref idref='a'/></package>"),
            ("a.xhtml", "<p>Text"))], ReadFile)),
    ];

    private static OpenedReader ReadFile(string name, string content) => new(name, [Text(content)], ReadFile);

    private static void ReadFile(string path) => DocumentReaders.Default.ReadAsync(path).GetAwaiter().GetResult();

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static string? Sample(string format)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "TestData", "datasets");
        string name = format == "longbench-summary" ? "none" : format;
        return Directory.EnumerateFiles(folder, name + ".*").FirstOrDefault();
    }

    private static ForeignReader DataSet(DataSetFormat format)
    {
        string sample = Sample(format.Name)!;
        bool lines = sample.EndsWith(".jsonl", StringComparison.Ordinal);
        return new(
            "data-" + format.Name,
            _ => new(Path.GetFileName(sample), [File.ReadAllBytes(sample)], path => ReadTwice(format.Reader, path)),
            lines ? JsonDamage.Lines : JsonDamage.Whole);
    }

    /// <summary>Once with broken lines passed over, once to the first one.</summary>
    private static void ReadTwice(IQuestionReader reader, string path)
    {
        foreach (QuestionItem item in reader.Read(path, _ => { }))
        {
            Assert.NotNull(item.Question);
        }

        foreach (QuestionItem item in reader.Read(path))
        {
            Assert.All(item.Answers, Assert.NotNull);
        }
    }

    private static OpenedReader OpenQuestions(FuzzFolder folder)
    {
        File.WriteAllText(folder.PathOf("log.txt"), "The captain saw the storm.");
        return new(
            "qa.jsonl",
            [
                Text("""
                    {"id": "1", "group": "ship", "document_path": "log.txt", "question": "Who?", "answers": ["The captain"], "choices": ["a", "b"]}
                    {"id": 2, "document": "A text.", "question": "What?", "answers": "a text"}

                    """),
                Text("""[{"question": "Who?", "document": "D", "answers": ["a", "b"]}]"""),
            ],
            path =>
            {
                foreach (QuestionItem item in QuestionFile.Stream(path, _ => { }))
                {
                    Assert.All(item.Answers, Assert.NotNull);
                }

                QuestionFile.Read(path);
            });
    }

    private static OpenedReader OpenBabi(FuzzFolder folder) => new(
        "qa1.txt",
        [Text("1 Mary took the milk.\n2 What is Mary carrying? \tmilk\t1\n3 Mary took the football.\n4 What? \tmilk,football\t1 3\n1 John went home.\n2 Where? \thome\t1\n")],
        path => ReadTwice(new BabiReader(), path));

    private static OpenedReader OpenFairytale(FuzzFolder folder)
    {
        string stories = Directory.CreateDirectory(folder.PathOf("section-stories/val")).FullName;
        File.WriteAllText(Path.Combine(stories, "cat-story.csv"), "section,text\n1,\"A cat, \"\"Tom\"\",\nlived.\"\n2,It died.\n");
        return new(
            "questions/val/cat-questions.csv",
            [Text("question_id,local-or-sum,question,answer1,answer2,answer3,ex-or-im2,answer4\n1,local,Who lived?,\"Tom, a cat\",,,explicit,Tom\n2,local,What?,It died.,,,,\n")],
            path => ReadTwice(new FairytaleReader(), Path.GetDirectoryName(path)!));
    }

    private static OpenedReader OpenResults(FuzzFolder folder)
    {
        string path = folder.PathOf("results.jsonl");
        using (EvaluationResultsFile file = EvaluationResultsFile.Open(path, Settings))
        {
            for (int i = 0; i < 3; i++)
            {
                file.Add(new EvaluatedQuestion
                {
                    Data = "d", Row = "lloco", Mode = EvaluationMode.Lloco, Id = $"{i}", Group = "ship", Document = "log", Digest = "x",
                    Question = "Who?", Answers = ["Ann"], Prediction = "Größe", Scores = new Dictionary<string, double> { ["em"] = 1 },
                });
            }
        }

        return new("results.jsonl", [File.ReadAllBytes(path)], file => EvaluationResultsFile.Open(file, Settings).Dispose());
    }

    private static OpenedReader OpenNeedles(FuzzFolder folder) => new(
        "needles.jsonl",
        [
            Text(string.Concat(Enumerable.Range(0, 6).Select(i =>
                $$"""{"needle": "The code of {{i}} is 5{{i}}.", "question": "What is the code of {{i}}?", "answer": "5{{i}}"}""" + "\n"))),
        ],
        path => _ = new NeedleFile(path));

    private static OpenedReader OpenBooks(FuzzFolder folder) => new(
        "book.txt",
        [Text("It was a dark night. The captain—old as he was—saw \"a storm\".\n\nChapter 2\n漢字。終わり。\n")],
        path =>
        {
            Assert.NotEmpty(BookFiles.Find(Path.GetDirectoryName(path)!));
            BookFiles.Sentences(path);
        });
}
