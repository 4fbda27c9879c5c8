using LLoCO.Models.Tiny.Training;

namespace LLoCO.Core.Tests.Models;

/// <summary>The plans of training in the repository are those that the program reads.</summary>
public sealed class StageFileTests
{
    [Theory]
    [InlineData("stages.json")]
    [InlineData("stages-practice.json")]
    [InlineData("stages-open.json")]
    [InlineData("stages-gpu.json")]
    public void Read_PlansOfTheRepository_AreWhole(string name)
    {
        StageFile plan = StageFile.Read(Path.Combine(RepositoryFiles.Root, "training", name));

        string[] names = [.. plan.Stages.Select(stage => stage.Name)];
        Assert.NotEmpty(names);
        Assert.Equal(names.Distinct(), names);
        Assert.Equal(0, plan.Model.Hidden % plan.Model.Heads);
        Assert.NotEqual(0, (int)plan.Model.Type);
        Assert.All(plan.Stages, stage =>
        {
            // The first stage of the second plan begins with grown weights, which no stage makes.
            Assert.True(stage.From is null or "0-grown" || names.TakeWhile(before => before != stage.Name).Contains(stage.From));
            Assert.InRange(stage.BabiShare + stage.TextShare + stage.OpenShare, 0, 1);
            Assert.True(stage.MinSegments <= stage.MaxSegments && stage.MinPieces <= stage.MaxPieces);
        });
    }
}
