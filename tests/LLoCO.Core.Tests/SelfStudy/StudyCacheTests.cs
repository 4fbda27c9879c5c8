using LLoCO.Core.Tests.Index;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Core.Tests.SelfStudy;

public sealed class StudyCacheTests : IDisposable
{
    private static readonly TeacherReply[] Replies =
    [
        new("Größe? \"5\"\n", [new ReplyToken(4, 0, -0.125f, [4, 9], [-0.125f, -2.5f]), new ReplyToken(2, 11, -0.5f, [], [])]),
        new("ein Text"),
    ];

    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.PathOf("cache.jsonl");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_WhatWasAdded_IsThereAgain()
    {
        using (StudyCache first = StudyCache.Open(Path))
        {
            first.Add("one", Replies);
            first.Add("two", []);
        }

        using StudyCache again = StudyCache.Open(Path);

        Assert.Equal(2, again.Count);
        Assert.Empty(again.Find("two")!);
        Assert.Null(again.Find("three"));
        IReadOnlyList<TeacherReply> found = again.Find("one")!;
        Assert.Equal(Replies.Select(reply => reply.Text), found.Select(reply => reply.Text));
        Assert.Equivalent(Replies[0].Tokens, found[0].Tokens, strict: true);
        Assert.Empty(found[1].Tokens);
    }

    [Fact]
    public void Open_HalfALastLine_IsCutOffAndTheRestStays()
    {
        using (StudyCache first = StudyCache.Open(Path))
        {
            first.Add("one", Replies);
        }

        byte[] whole = File.ReadAllBytes(Path);
        File.WriteAllBytes(Path, [.. whole, .. whole.AsSpan(0, whole.Length / 2)]);
        using (StudyCache again = StudyCache.Open(Path))
        {
            Assert.Equal(1, again.Count);
            again.Add("two", Replies);
        }

        Assert.Equal(2, File.ReadAllLines(Path).Length);
        using StudyCache last = StudyCache.Open(Path);
        Assert.Equal(2, last.Count);
    }

    [Theory]
    [InlineData("{\"key\":")]
    [InlineData("null")]
    [InlineData("{\"replies\":[]}")]
    [InlineData("{\"key\":\"a\",\"replies\":[{\"tokens\":[]}]}")]
    [InlineData("{\"key\":\"a\",\"replies\":[null]}")]
    [InlineData("{\"key\":\"a\",\"replies\":[{\"text\":\"x\",\"tokens\":[null]}]}")]
    [InlineData("{\"key\":\"\\ud800\",\"replies\":[]}")]
    [InlineData("{\"key\":\"a\",\"replies\":[{\"text\":\"\\udc00\"}]}")]
    [InlineData("{\"key\":\"a\",\"replies\":{}}")]
    [InlineData("{\"key\":\"a\",\"replies\":[{\"text\":\"x\",\"tokens\":[{\"i\":1,\"s\":0,\"p\":0,\"t\":[1],\"l\":[]}]}]}")]
    [InlineData("{\"key\":\"a\",\"replies\":[{\"text\":\"x\",\"tokens\":[{\"i\":1,\"s\":5,\"p\":0}]}]}")]
    [InlineData("{\"key\":\"a\",\"replies\":[{\"text\":\"x\",\"tokens\":[{\"i\":-1,\"s\":0,\"p\":0}]}]}")]
    public void Open_DamagedLine_NamesItAndLeavesTheFile(string line)
    {
        string content = "{\"key\":\"a\",\"replies\":[]}\n" + line + "\n{\"key\":\"b\",\"replies\":[]}\n";
        File.WriteAllText(Path, content);

        LlocoException fault = Assert.Throws<LlocoException>(() => StudyCache.Open(Path));

        Assert.Contains("line 2", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", fault.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(Path));
    }

    [Fact]
    public void Open_InUse_SaysSo()
    {
        using StudyCache first = StudyCache.Open(Path);

        Assert.Contains("One process", Assert.Throws<LlocoException>(() => StudyCache.Open(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KeyOf_DependsOnEveryPartOfARequest()
    {
        var request = new TeacherRequest("text", 2, 3) { GreedyAfter = "?" };

        string[] keys =
        [
            StudyCache.KeyOf("t", request), StudyCache.KeyOf("u", request), StudyCache.KeyOf("t", request with { Prompt = "x" }),
            StudyCache.KeyOf("t", request with { Count = 3 }), StudyCache.KeyOf("t", request with { Seed = 2 }),
            StudyCache.KeyOf("t", request with { GreedyAfter = null }),
        ];

        Assert.Distinct(keys);
        Assert.Equal(keys[0], StudyCache.KeyOf("t", request with { }));
    }
}
