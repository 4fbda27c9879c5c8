using LLoCO.Core.Tests.Fakes;
using LLoCO.Evaluation.Synth;
using LLoCO.Training.Grouping;
using Xunit;

namespace LLoCO.Core.Tests.Training.Grouping;

public sealed class GroupAssignerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Assign_NewDocuments_GoToTheirKindAndForeignTextsToNone()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync(index: await GroupingDocuments.IndexAsync(0));
        foreach (SynthDocument document in GroupingDocuments.Practice(6))
        {
            await fake.Index.PutAsync(
                GroupingDocuments.Create(document.Id, GroupingDocuments.KindOf(document.Id), document.Text) with
                {
                    Summary = Index.TestDocuments.Summary(document.Id, 1, 1, fake.Pipeline.Fingerprint),
                },
                Cancelled);
        }

        GroupAssigner assigner = await GroupAssigner.LoadAsync(fake.Pipeline, null, Cancelled);

        Assert.Equal(["ship", "town", "workshop"], assigner.Groups.Order());
        foreach (SynthDocument document in GroupingDocuments.Practice(3, seed: 815_002))
        {
            GroupAssignment assigned = await assigner.AssignAsync(document.Id, document.Text, Cancelled);
            Assert.Equal(GroupingDocuments.KindOf(document.Id), assigned.Group);
            Assert.True(assigned.Similarity >= assigned.Limit);
        }

        foreach (string text in GroupingDocuments.Foreign)
        {
            GroupAssignment assigned = await assigner.AssignAsync("foreign", text, Cancelled);
            Assert.True(assigned.IsUnsure);
            Assert.NotNull(assigned.Nearest);
            Assert.True(assigned.Similarity < assigned.Limit);
        }
    }

    [Fact]
    public async Task Assign_IndexWithoutGroups_IsUnsure()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        GroupAssigner assigner = await GroupAssigner.LoadAsync(fake.Pipeline, null, Cancelled);

        GroupAssignment assigned = await assigner.AssignAsync("new", "Any text.", Cancelled);

        Assert.Equal((GroupingOptions.Unsure, null), (assigned.Group, assigned.Nearest));
        Assert.Empty(assigner.Groups);
    }
}
