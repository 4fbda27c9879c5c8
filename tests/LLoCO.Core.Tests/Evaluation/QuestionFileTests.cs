using LLoCO.Core.Tests.Index;
using LLoCO.Evaluation;
using Xunit;

namespace LLoCO.Core.Tests.Evaluation;

public sealed class QuestionFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_AllForms_GivesItems()
    {
        File.WriteAllText(_folder.PathOf("log.txt"), "the log");
        string file = Write("""
            {"id": "1", "group": "ship", "document_path": "log.txt", "question": "?", "answers": ["a log"], "choices": ["x", "y"]}

            {"document": "inline text", "question": "Who?", "answers": ["nobody", "none"]}
            {"document": "inline text", "question": "Where?", "answers": ["here"]}
            {"question": "Why?", "answers": ["because"]}
            """);

        IReadOnlyList<QuestionItem> items = QuestionFile.Read(file);

        Assert.Equal(("1", "ship", "log.txt", "the log"), (items[0].Id, items[0].Group, items[0].DocumentId, items[0].Document));
        Assert.Equal(["x", "y"], items[0].Choices);
        Assert.Equal((SourceDocument.DefaultGroup, "inline text"), (items[1].Group, items[1].Document));
        Assert.Equal(["nobody", "none"], items[1].Answers);
        Assert.Equal(items[1].DocumentId, items[2].DocumentId);
        Assert.Null(items[3].Document);
        Assert.Equal(SourceDocument.FromFile(_folder.PathOf("log.txt")).Origin, items[0].Origin);
        Assert.All(items.Skip(1), item => Assert.Null(item.Origin));
    }

    [Theory]
    [InlineData("{\"question\": \"\", \"answers\": [\"x\"]}", "'question'")]
    [InlineData("{\"question\": \"x\", \"answers\": []}", "'answers'")]
    [InlineData("{\"question\": \"x\"", "not the JSON")]
    [InlineData("null", "null")]
    [InlineData("{\"question\": \"x\", \"answers\": [\"y\"], \"document_path\": \"../secret.txt\"}", "leaves the folder")]
    [InlineData("{\"question\": \"x\", \"answers\": [\"y\"], \"document_path\": \"/etc/hostname\"}", "leaves the folder")]
    [InlineData("{\"question\": \"x\", \"answers\": [\"y\"], \"document_path\": \"none.txt\"}", "no document 'none.txt'")]
    [InlineData("{\"question\": \"x\", \"answers\": [\"y\"], \"document_path\": \"a\\u0000b\"}", "null character")]
    [InlineData("{\"question\": \"x\", \"answers\": [\"y\"], \"document_path\": \"a\", \"document\": \"b\"}", "not both")]
    public void Read_BadLine_NamesFileLineAndFault(string line, string fault)
    {
        string file = Write("{\"question\": \"fine\", \"answers\": [\"y\"]}\n" + line);

        LlocoException error = Assert.Throws<LlocoException>(() => QuestionFile.Read(file));

        Assert.Contains($"{file}, line 2", error.Message, StringComparison.Ordinal);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TwoDocumentsOfOneName_IsRefused()
    {
        Directory.CreateDirectory(_folder.PathOf("b"));
        File.WriteAllText(_folder.PathOf("log.txt"), "one");
        File.WriteAllText(_folder.PathOf("b/log.txt"), "two");
        string file = Write("""
            {"document_path": "log.txt", "question": "?", "answers": ["x"]}
            {"document_path": "./log.txt", "question": "What?", "answers": ["x"]}
            {"document_path": "b/log.txt", "question": "What?", "answers": ["x"]}
            """);

        LlocoException error = Assert.Throws<LlocoException>(() => QuestionFile.Read(file));

        Assert.Contains("line 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DocumentOfAnotherFormat_NeedsAReader()
    {
        File.WriteAllText(_folder.PathOf("log.HTML"), "<p>the log</p>");
        string file = Write("""{"document_path": "log.HTML", "question": "?", "answers": ["x"]}""");

        LlocoException error = Assert.Throws<LlocoException>(() => QuestionFile.Read(file));
        QuestionItem read = Assert.Single(QuestionFile.Read(file, path => $"{Path.GetFileName(path)} as words"));
        LlocoException broken = Assert.Throws<LlocoException>(() => QuestionFile.Read(file, _ => throw new LlocoException("it is damaged")));

        Assert.Contains("line 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("log.HTML is not named as plain text", error.Message, StringComparison.Ordinal);
        Assert.Equal("log.HTML as words", read.Document);
        Assert.Contains("line 1: it is damaged", broken.Message, StringComparison.Ordinal);
    }

    private string Write(string text)
    {
        string file = _folder.PathOf("questions.jsonl");
        File.WriteAllText(file, text);
        return file;
    }
}
