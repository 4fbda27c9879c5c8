using LLoCO.Core.Families;
using LLoCO.Evaluation.Planning;
using LLoCO.Training.Grouping;
using Xunit;

namespace LLoCO.Core.Tests.Training.Grouping;

public sealed class AdapterCostTests
{
    private static readonly LlamaConfig Model = new()
    {
        VocabularySize = 1000, HiddenSize = 64, IntermediateSize = 128, Layers = 2, Heads = 4, KeyValueHeads = 4, HeadDimension = 16,
        MaxPositions = 2048, SummaryLength = 50,
    };

    private static readonly DeviceFigures Device = new() { FlopsPerSecond = 1e9, WeightBytesPerSecond = 1e9 };

    [Fact]
    public void Estimate_LargeAndSmallGroup_SharesQuestionsByDocumentsAndPaysWhereEnoughAreExpected()
    {
        ProposedGroup[] groups = [new("large", [], 90, 90 * 6000, 1, 0), new("small", [], 10, 10 * 60, 1, 0)];
        var workload = new PlanWorkload { DocumentTokens = 1, Questions = 1000, QuestionTokens = 8, AnswerTokens = 4 };

        IReadOnlyList<AdapterCost> costs = AdapterCost.Estimate(groups, Model, Device, workload, 20, 1, WeightPrecision.Float32);
        IReadOnlyList<AdapterCost> shared = AdapterCost.Estimate(groups, Model, Device, workload, 20, 20, WeightPrecision.Float32);

        Assert.Equal([900.0, 100.0], costs.Select(cost => cost.QuestionsExpected));
        Assert.Equal(Math.Ceiling(costs[0].TrainingSeconds / costs[0].SecondsSaved), costs[0].QuestionsToPay);
        Assert.Equal(costs[0].QuestionsToPay <= 900, costs[0].Pays);

        // A text as short as its summary saves next to nothing.
        Assert.True(costs[1].QuestionsToPay is null || costs[1].QuestionsToPay > costs[0].QuestionsToPay);
        Assert.True(shared[0].TrainingSeconds < costs[0].TrainingSeconds);
    }
}
