using LLoCO.Core.Index;

namespace LLoCO.Core.Tests.Index;

/// <summary>Ranking. Scores are worked by hand from the BM25 formula of FTS5's documentation (k1 1.2, b 0.75).</summary>
public abstract partial class RetrievalIndexContract
{
    [Fact]
    public async Task Search_Question_ScoresAreBm25()
    {
        // Four passages of 2, 2, 1 and 3 words: average length 2. "anchor" is in two of four: ln(2.5 / 2.5) = 0 -> 1e-6.
        // "mast" is in one of four: ln(3.5 / 1.5) = 0.8472978603872034.
        await Index.PutAsync(TestDocuments.Create("a", "ship", "anchor mast\nanchor rope"), Cancelled);
        await Index.PutAsync(TestDocuments.Create("b", "ship", "market\nthe town hall"), Cancelled);

        IReadOnlyList<PassageHit> hits = await Index.SearchAsync(new PassageQuery("Mast? ANCHOR! mast"), Cancelled);

        // Length 2 is the average, so the norm is k1: idf * 1 * 2.2 / (1 + 1.2) = idf.
        Assert.Equal(["anchor mast", "anchor rope"], hits.Select(hit => hit.Text));
        Assert.Equal(0.8472978603872034 + 1e-6, hits[0].Score, 1e-12);
        Assert.Equal(1e-6, hits[1].Score, 1e-12);
        Assert.Equal(new PassageHit("a", "ship", 12, 11, "anchor rope", hits[1].Score), hits[1]);
    }

    [Fact]
    public async Task Search_RepeatedTermAndShortPassage_AreWeighed()
    {
        // Lengths 3, 1, 4, 4: average 3. idf("mast") with n = 1 of 4: 0.8472978603872034; "oak" the same.
        await Index.PutAsync(TestDocuments.Create("a", "g", "mast mast rope\noak\nx x x x\ny y y y"), Cancelled);

        IReadOnlyList<PassageHit> hits = await Index.SearchAsync(new PassageQuery("oak mast"), Cancelled);

        // mast: f 2, D 3: 2 * 2.2 / (2 + 1.2) = 1.375. oak: f 1, D 1: 2.2 / (1 + 1.2 * (0.25 + 0.75 / 3)) = 1.375.
        Assert.Equal(2, hits.Count);
        Assert.Equal(0.8472978603872034 * 1.375, hits[0].Score, 1e-12);
        Assert.Equal(0.8472978603872034 * 1.375, hits[1].Score, 1e-12);
        Assert.Equal([0, 15], hits.Select(hit => hit.Start));
    }

    [Fact]
    public async Task Search_AfterReplaceAndDelete_ScoresAsIfOnlyTheRestWasEverThere()
    {
        await Index.PutAsync(TestDocuments.Create("a", "ship", "mast mast mast\nmast rope oak tar pitch"), Cancelled);
        await Index.PutAsync(TestDocuments.Create("gone", "ship", "mast and anchor\nrope"), Cancelled);
        await Index.PutAsync(TestDocuments.Create("a", "ship", "anchor mast\nanchor rope"), Cancelled);
        await Index.PutAsync(TestDocuments.Create("b", "ship", "market\nthe town hall"), Cancelled);
        await Index.DeleteAsync("gone", Cancelled);

        IReadOnlyList<PassageHit> hits = await Index.SearchAsync(new PassageQuery("mast anchor"), Cancelled);

        Assert.Equal(["anchor mast", "anchor rope"], hits.Select(hit => hit.Text));
        Assert.Equal(0.8472978603872034 + 1e-6, hits[0].Score, 1e-12);
    }

    [Fact]
    public async Task Search_Group_GivesOnlyItsPassages()
    {
        await Index.PutAsync(TestDocuments.Create("a", "ship", "anchor\nother"), Cancelled);
        await Index.PutAsync(TestDocuments.Create("b", "town", "anchor\nother"), Cancelled);

        Assert.Equal("b", Assert.Single(await Index.SearchAsync(new PassageQuery("anchor", "town"), Cancelled)).DocumentId);
        Assert.Equal(["a", "b"], (await Index.SearchAsync(new PassageQuery("anchor"), Cancelled)).Select(hit => hit.DocumentId));
        Assert.Empty(await Index.SearchAsync(new PassageQuery("anchor", "none"), Cancelled));
    }

    [Fact]
    public async Task Search_Limit_KeepsTheBest()
    {
        await Index.PutAsync(TestDocuments.Create("a", "g", "mast x\nmast mast\ny\nz\nu\nv"), Cancelled);

        Assert.Equal("mast mast", Assert.Single(await Index.SearchAsync(new PassageQuery("mast", Limit: 1), Cancelled)).Text);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await Index.SearchAsync(new PassageQuery("mast", Limit: 0), Cancelled));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \t\n")]
    [InlineData("?!... — \"'*()^:-+{}")]
    [InlineData("\u0301")]
    public async Task Search_NoWords_FindsNothing(string question)
    {
        await Index.PutAsync(TestDocuments.Create("a", "g", "mast\nanchor"), Cancelled);

        Assert.Empty(await Index.SearchAsync(new PassageQuery(question), Cancelled));
    }

    [Theory]
    [InlineData("mast\" OR \"anchor")]
    [InlineData("text:mast")]
    [InlineData("mast*")]
    [InlineData("NEAR(mast unknown, 5)")]
    [InlineData("unknown AND mast NOT mast")]
    [InlineData("^mast + (")]
    [InlineData("mast'); DROP TABLE documents; --")]
    [InlineData("{text} : mast \0 \ud83d")]
    public async Task Search_QuerySyntax_IsText(string question)
    {
        await Index.PutAsync(TestDocuments.Create("a", "g", "mast\nmasthead\ntar\npitch\nhemp"), Cancelled);

        Assert.Equal("mast", Assert.Single(await Index.SearchAsync(new PassageQuery(question), Cancelled)).Text);
    }

    [Theory]
    [InlineData("RÉSUMÉ", "the resume lay")]
    [InlineData("resume", "the RÉSUMÉ lay")]
    [InlineData("re\u0301sume\u0301", "the résumé lay")]
    [InlineData("résumé", "the re\u0301sume\u0301 lay")]
    [InlineData("ТОВАР", "много товара, товар")]
    [InlineData("οδος", "η ΟΔΟΣ εδώ")]
    [InlineData("Lisbon", "off to Lisbon🤔")]
    [InlineData("1851", "built in 1851.")]
    [InlineData("o'clock", "at six o’clock")]
    public async Task Search_CaseAndAccents_DoNotMatter(string question, string passage)
    {
        await Index.PutAsync(TestDocuments.Create("a", "g", $"{passage}\ntar\npitch\nhemp"), Cancelled);

        Assert.Equal(passage, Assert.Single(await Index.SearchAsync(new PassageQuery(question), Cancelled)).Text);
    }

    [Fact]
    public async Task Search_QuestionOfThousandsOfWords_IsAnswered()
    {
        await Index.PutAsync(TestDocuments.Create("a", "g", "word4711\nother\nmore"), Cancelled);
        string question = string.Join(' ', Enumerable.Range(0, 5000).Select(i => $"word{i}"));

        Assert.Equal("word4711", Assert.Single(await Index.SearchAsync(new PassageQuery(question), Cancelled)).Text);
    }

    [Fact]
    public async Task Search_DenseVector_CountsHalf()
    {
        // BM25 for "mast", average length 1.8: "mast mast x" 4.4 / 3.8, "mast y z" 2.2 / 2.8 = 19/28 of it. Cosine to (1, 0): "tar" 1,
        // "mast y z" the root of 1/2, "mast mast x" 0, the others below.
        await Index.PutAsync(
            TestDocuments.Create(
                "a", "g", "mast mast x\nmast y z\ntar\nfar\nlow", [0f, 3f], [5f, 5f], [2f, 0f], [-1f, 0f], [-1f, -1f]),
            Cancelled);

        IReadOnlyList<PassageHit> hits =
            await Index.SearchAsync(new PassageQuery("mast", Limit: 3, Vector: new[] { 7f, 0f }), Cancelled);

        Assert.Equal(["mast y z", "tar", "mast mast x"], hits.Select(hit => hit.Text));
        Assert.Equal(((19.0 / 28) + Math.Sqrt(0.5)) / 2, hits[0].Score, 1e-6);
        Assert.Equal(0.5, hits[1].Score, 1e-6);
        Assert.Equal(0.5, hits[2].Score, 1e-6);
    }

    [Fact]
    public async Task Search_DenseVectorAndNoWords_RanksByCosine()
    {
        await Index.PutAsync(TestDocuments.Create("a", "g", "north\neast", [0f, 9f], [0.1f, 0f]), Cancelled);
        await Index.PutAsync(TestDocuments.Create("b", "h", "north east", [1f, 1f]), Cancelled);
        await Index.PutAsync(TestDocuments.Create("plain", "g", "no vector"), Cancelled);

        var question = new PassageQuery("?", Vector: new[] { 1f, 0.2f });

        IReadOnlyList<PassageHit> all = await Index.SearchAsync(question, Cancelled);
        IReadOnlyList<PassageHit> group = await Index.SearchAsync(question with { Group = "h" }, Cancelled);

        Assert.Equal(["east", "north east", "north"], all.Select(hit => hit.Text));
        Assert.Equal(["north east"], group.Select(hit => hit.Text));
    }

    [Fact]
    public async Task Search_DenseVectorButNoneStored_RanksByText()
    {
        await Index.PutAsync(TestDocuments.Create("a", "g", "mast\nanchor\nrope"), Cancelled);

        PassageHit hit = Assert.Single(await Index.SearchAsync(new PassageQuery("mast", Vector: new[] { 1f }), Cancelled));

        // n 1 of 3: ln(2.5 / 1.5); every passage has the average length.
        Assert.Equal(Math.Log(2.5 / 1.5), hit.Score, 1e-12);
    }

    [Fact]
    public async Task Vectors_OfAnotherWidth_AreRefusedWithBothWidths()
    {
        await Index.PutAsync(TestDocuments.Create("a", "g", "mast", [1f, 0f]), Cancelled);

        var put = await Assert.ThrowsAsync<LlocoException>(
            async () => await Index.PutAsync(TestDocuments.Create("b", "g", "tar", [1f, 0f, 0f]), Cancelled));
        var search = await Assert.ThrowsAsync<LlocoException>(
            async () => await Index.SearchAsync(new PassageQuery("tar", Vector: new[] { 1f, 0f, 0f }), Cancelled));

        const string Widths = "has 3 numbers, those in the index have 2";
        Assert.All([put, search], error => Assert.Contains(Widths, error.Message, StringComparison.Ordinal));
        Assert.Null(await Index.FindAsync("b", Cancelled));
        await Index.PutAsync(TestDocuments.Create("a", "g", "mast", [1f, 0f, 0f]), Cancelled);
    }
}
