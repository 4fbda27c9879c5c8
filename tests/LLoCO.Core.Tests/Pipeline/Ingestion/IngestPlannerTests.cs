using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Ingestion;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Pipeline.Ingestion;

public sealed class IngestPlannerTests
{
    private readonly InMemoryRetrievalIndex _index = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("hash", "ship", true)]
    [InlineData("other", "ship", false)]
    [InlineData("hash", "town", false)]
    public void IsUnchanged_TextAndGroup_MustBothBeTheSame(string hash, string group, bool expected) =>
        Assert.Equal(expected, IngestPlanner.IsUnchanged(new DocumentRecord("d", group, hash, 8, 2, 1), "ship", "hash"));

    [Fact]
    public void IsUnchanged_NewDocument_IsNot() => Assert.False(IngestPlanner.IsUnchanged(null, "ship", "hash"));

    [Theory]
    [InlineData(new[] { "d-hash-0", "d-hash-1", "d-hash-2", "new" }, 3)] // grown behind a full last segment
    [InlineData(new[] { "d-hash-0", "d-hash-1", "filled up", "new" }, 2)] // the last segment was not full
    [InlineData(new[] { "d-hash-0", "d-hash-1" }, 2)] // shortened
    [InlineData(new[] { "d-hash-0", "d-hash-1", "d-hash-2" }, 3)] // same text, other group
    [InlineData(new[] { "d-hash-0", "changed", "d-hash-2" }, 1)] // changed inside: what follows saw other summaries
    public async Task Plan_StoredDocument_ReusesItsEqualBeginning(string[] hashes, int reused)
    {
        IndexedDocument document = TestDocuments.Create("d", "ship", "one\ntwo\nthree");
        await _index.PutAsync(document, Cancelled);

        IngestPlan plan = await IngestPlanner.PlanAsync(_index, "d", hashes, storedCanBeContinued: true, Cancelled);

        Assert.Equal(new IngestPlan(IngestAction.Append, reused, document.Summary), plan);
    }

    [Fact]
    public async Task Plan_NothingInCommon_IsFull()
    {
        await _index.PutAsync(TestDocuments.Create("d", "ship", "one\ntwo"), Cancelled);

        Assert.Equal(IngestPlan.Full, await IngestPlanner.PlanAsync(_index, "d", ["x", "d-hash-1"], true, Cancelled));
        Assert.Equal(IngestPlan.Full, await IngestPlanner.PlanAsync(_index, "new", ["x"], true, Cancelled));
        Assert.Equal(IngestPlan.Full, await IngestPlanner.PlanAsync(_index, "d", [], true, Cancelled));
    }

    [Fact]
    public async Task Plan_ProjectedVectors_AreNotContinued()
    {
        await _index.PutAsync(TestDocuments.Create("d", "ship", "one\ntwo"), Cancelled);

        IngestPlan plan =
            await IngestPlanner.PlanAsync(_index, "d", TestDocuments.Hashes("d", 3), storedCanBeContinued: false, Cancelled);

        Assert.Equal(IngestPlan.Full, plan);
    }

    [Theory]
    [InlineData(3, true, 3)] // the checkpoint got further
    [InlineData(2, true, 2)] // equally far: the checkpoint's vectors are unrounded
    [InlineData(1, false, 2)] // the stored document is ahead
    public async Task Plan_CheckpointAndDocument_TakesTheLongerBeginning(int inCheckpoint, bool resumes, int reused)
    {
        await _index.PutAsync(TestDocuments.Create("d", "ship", "one\ntwo"), Cancelled);
        await _index.SaveCheckpointAsync(
            new IngestCheckpoint(
                "d", "new text", TestDocuments.Hashes("d", inCheckpoint), TestDocuments.Summary("d", inCheckpoint, 50)),
            Cancelled);

        IngestPlan plan = await IngestPlanner.PlanAsync(_index, "d", TestDocuments.Hashes("d", 4), true, Cancelled);

        Assert.Equal(resumes ? IngestAction.Resume : IngestAction.Append, plan.Action);
        Assert.Equal(reused, plan.ReusedSegments);
        Assert.Equal(resumes ? 2 * inCheckpoint : 4, plan.Source!.Count);
    }

    [Fact]
    public void Draft_OfAPlan_HoldsTheReusedVectorsAndGrows()
    {
        var plan = new IngestPlan(IngestAction.Append, 1, TestDocuments.Summary("d", 2, seed: 3));
        var draft = new IngestDraft("d", "hash", 2, TestDocuments.Fingerprint, plan, TestDocuments.Hashes("d", 2));
        Assert.Equal([3f, 0.1f, 3f, 1.1f], draft.Vectors.ToArray());

        draft.Add(5, [1f, 2f, 3f, 4f]);

        SummaryEmbeddings summary = draft.ToSummary(SummaryEncoding.BFloat16);
        Assert.Equal([new(0, 0, 8, 0, 2), new(1, 8, 5, 2, 2)], summary.Segments);
        Assert.Equal(16, summary.Payload.Length);
        Assert.Equal(13, summary.RawTokens);
        IngestCheckpoint checkpoint = draft.ToCheckpoint();
        Assert.Equal(TestDocuments.Hashes("d", 2), checkpoint.TokenHashes);
        Assert.Equal([3f, 0.1f, 3f, 1.1f, 1f, 2f, 3f, 4f], SummaryPayload.Decode(checkpoint.Summary));
        Assert.Throws<ArgumentException>(() => draft.Add(5, [1f]));
    }

    [Fact]
    public void Draft_OfAnotherModelOrWidth_IsRefused()
    {
        var plan = new IngestPlan(IngestAction.Append, 1, TestDocuments.Summary("d", 1, seed: 3));
        ModelFingerprint other = TestDocuments.Fingerprint with { Model = "other" };

        Assert.Throws<FingerprintMismatchException>(() => new IngestDraft("d", "h", 2, other, plan, ["a"]));
        Assert.Throws<LlocoException>(() => new IngestDraft("d", "h", 4, TestDocuments.Fingerprint, plan, ["a"]));
    }

    [Theory]
    [InlineData(SummaryEncoding.BFloat16)]
    [InlineData(SummaryEncoding.Int8)]
    public void Draft_ReusedVectorsEncodedAgain_DoNotDrift(SummaryEncoding encoding)
    {
        var random = new Random(5);
        float[] values = [.. Enumerable.Range(0, 4096).Select(_ => (random.NextSingle() - 0.5f) * 7)];
        var stored = new SummaryEmbeddings(
            "d", 64, 64, encoding, SummaryPayload.Encode(values, 64, encoding), [new(0, 0, 8, 0, 64)], TestDocuments.Fingerprint);

        var draft = new IngestDraft(
            "d", "h", 64, TestDocuments.Fingerprint, new IngestPlan(IngestAction.Append, 1, stored), ["a"]);

        Assert.Equal(stored.Payload.ToArray(), draft.ToSummary(encoding).Payload.ToArray());
    }

    [Fact]
    public void ContentHash_KnownInput_IsSha256()
    {
        // SHA-256 of "abc" (FIPS 180-2 appendix B.1); of the bytes 61 62 63 00, computed with sha256sum.
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", ContentHash.OfText("abc"));
        Assert.Equal("dc1114cd074914bd872cc1f9a23ec910ea2203bc79779ab2e17da25782a624fc", ContentHash.OfTokens([0x00636261]));
    }
}
