using LLoCO.Core.Index;
using LLoCO.Core.Tests.Index;
using LLoCO.Training.Grouping;
using Xunit;

namespace LLoCO.Core.Tests.Training.Grouping;

public sealed class DocumentGrouperTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Plan_ThreeKindsAndForeignTexts_FindsTheKindsAndLeavesTheOthersUnsure()
    {
        await using InMemoryRetrievalIndex index = await GroupingDocuments.IndexAsync(6);
        foreach ((int number, string text) in GroupingDocuments.Foreign.Index())
        {
            await index.PutAsync(GroupingDocuments.Create($"foreign-{number}", "default", text), Cancelled);
        }

        GroupingPlan plan = await DocumentGrouper.PlanAsync(index, null, Cancelled);

        Assert.Equal([6, 6, 6], plan.Groups.Select(group => group.Documents));
        Assert.Equal(3, plan.Groups.Select(group => group.Name).Distinct().Count());
        foreach (IGrouping<string, PlannedDocument> kind in plan.Documents.GroupBy(document => GroupingDocuments.KindOf(document.Id)))
        {
            string group = Assert.Single(kind.Select(document => document.Group).Distinct());
            Assert.Equal(kind.Key == "foreign", group == GroupingOptions.Unsure);
        }

        Assert.All(plan.Groups, group => Assert.NotEmpty(group.Words));
        Assert.All(plan.Groups, group => Assert.Equal(string.Join('-', group.Words.Take(2)), group.Name));
        Assert.Equal("default", (await index.FindAsync("foreign-0", Cancelled))!.Group);
    }

    [Fact]
    public async Task Apply_ThenPlan_KeepsNamesAndMovesNothing()
    {
        await using InMemoryRetrievalIndex index = await GroupingDocuments.IndexAsync(4);
        GroupingPlan first = await DocumentGrouper.PlanAsync(index, null, Cancelled);

        int moved = await first.ApplyAsync(index, Cancelled);
        GroupingPlan second = await DocumentGrouper.PlanAsync(index, null, Cancelled);

        Assert.Equal(12, moved);
        Assert.Empty(second.Moves);
        Assert.Equal(first.Groups.Select(group => group.Name), second.Groups.Select(group => group.Name));
    }

    [Fact]
    public async Task Plan_MoreDocumentsThanAreCompared_AssignsTheOthers()
    {
        await using InMemoryRetrievalIndex index = await GroupingDocuments.IndexAsync(8);

        GroupingPlan plan = await DocumentGrouper.PlanAsync(index, new GroupingOptions { MaxCompared = 12 }, Cancelled);

        Assert.Equal([8, 8, 8], plan.Groups.Select(group => group.Documents));
        Assert.All(
            plan.Documents.GroupBy(document => document.Group),
            group => Assert.Single(group.Select(document => GroupingDocuments.KindOf(document.Id)).Distinct()));
    }

    [Fact]
    public async Task Plan_OneKind_IsOneGroup()
    {
        await using var index = new InMemoryRetrievalIndex();
        foreach (var document in GroupingDocuments.Practice(8).Where(document => document.Id.StartsWith("town", StringComparison.Ordinal)))
        {
            await index.PutAsync(GroupingDocuments.Create(document.Id, "default", document.Text), Cancelled);
        }

        GroupingPlan plan = await DocumentGrouper.PlanAsync(index, null, Cancelled);

        Assert.Equal(8, Assert.Single(plan.Groups).Documents);
        Assert.Equal(0, plan.Silhouette);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Plan_NumberOfGroupsGiven_FindsSoMany(int groups)
    {
        await using InMemoryRetrievalIndex index = await GroupingDocuments.IndexAsync(4);

        GroupingPlan plan = await DocumentGrouper.PlanAsync(index, new GroupingOptions { Groups = groups }, Cancelled);

        Assert.Equal(groups, plan.Groups.Count);
    }

    [Fact]
    public async Task Plan_Embeddings_GroupsByDirection()
    {
        await using var index = new InMemoryRetrievalIndex();
        for (int i = 0; i < 8; i++)
        {
            float[] vector = i % 2 == 0 ? [1, 0.1f * i, 0] : [0, 0.1f * i, 1];
            await index.PutAsync(TestDocuments.Create($"d{i}", "default", "equal words", vector), Cancelled);
        }

        GroupingPlan plan = await DocumentGrouper.PlanAsync(
            index, new GroupingOptions { Evidence = GroupingEvidence.Embeddings, MinDocuments = 2 }, Cancelled);

        Assert.Equal([4, 4], plan.Groups.Select(group => group.Documents));
        Assert.Equal(2, plan.Documents.Select(document => (document.Group, document.Id[1] % 2)).Distinct().Count());
        Assert.Equal(["group", "group-2"], plan.Groups.Select(group => group.Name));
    }

    [Fact]
    public async Task Plan_EmbeddingsOfDocumentsWithout_IsRefusedWithTheDocument()
    {
        await using var index = new InMemoryRetrievalIndex();
        await index.PutAsync(TestDocuments.Create("bare", "default", "words"), Cancelled);

        LlocoException refused = await Assert.ThrowsAsync<LlocoException>(() => DocumentGrouper.PlanAsync(
            index, new GroupingOptions { Evidence = GroupingEvidence.Embeddings }, Cancelled));

        Assert.Contains("'bare'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_EmptyIndexOrOptionOutOfRange_IsRefused()
    {
        await using var index = new InMemoryRetrievalIndex();

        LlocoException empty = await Assert.ThrowsAsync<LlocoException>(() => DocumentGrouper.PlanAsync(index, null, Cancelled));
        LlocoException range = await Assert.ThrowsAsync<LlocoException>(
            () => DocumentGrouper.PlanAsync(index, new GroupingOptions { MinDocuments = 1 }, Cancelled));

        Assert.Contains("no document", empty.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(GroupingOptions.MinDocuments), range.Message, StringComparison.Ordinal);
    }
}
