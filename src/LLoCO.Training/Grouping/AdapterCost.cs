using LLoCO.Core;
using LLoCO.Core.Families;
using LLoCO.Evaluation.Planning;

namespace LLoCO.Training.Grouping;

/// <summary>Whether an adapter for a group pays: what its training takes, and what each question then saves against reading the whole
/// text.</summary>
/// <param name="Group">The group.</param>
/// <param name="QuestionsExpected">Questions expected about it.</param>
/// <param name="TrainingSeconds">Estimated seconds of training. Compressing the documents does not count: that is done.</param>
/// <param name="SecondsSaved">Estimated seconds that one question takes less than with the whole text in front of it; may be below
/// 0.</param>
public sealed record AdapterCost(string Group, double QuestionsExpected, double TrainingSeconds, double SecondsSaved)
{
    /// <summary>Gets the number of questions from which training has paid; <see langword="null"/> where it never does.</summary>
    public double? QuestionsToPay => SecondsSaved > 0 ? Math.Max(1, Math.Ceiling(TrainingSeconds / SecondsSaved)) : null;

    /// <summary>Gets whether as many questions are expected.</summary>
    public bool Pays => QuestionsToPay <= QuestionsExpected;

    /// <summary>Estimates the adapters of proposed groups (<see cref="PlanEstimate"/>).</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="model">The model's shape; it must be able to compress.</param>
    /// <param name="device">What the machine reaches.</param>
    /// <param name="workload">Questions expected in all, of which each group gets a share by its documents; tokens of a question and
    /// an answer; epochs of training. The rest is not looked at.</param>
    /// <param name="pairsPerDocument">Question/answer pairs of a document that an adapter learns from.</param>
    /// <param name="questionsPerPrefix">Pairs that share one pass over their document's prefix in training; at least 1.</param>
    /// <param name="precision">Number format of the weights.</param>
    /// <returns>One estimate for each group, in order.</returns>
    /// <exception cref="LlocoException">A figure is out of its range, or the model cannot compress.</exception>
    public static IReadOnlyList<AdapterCost> Estimate(
        IReadOnlyList<ProposedGroup> groups, LlamaConfig model, DeviceFigures device, PlanWorkload workload, int pairsPerDocument,
        int questionsPerPrefix, WeightPrecision precision)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentNullException.ThrowIfNull(workload);
        ArgumentOutOfRangeException.ThrowIfLessThan(questionsPerPrefix, 1);
        double documents = groups.Sum(group => (double)group.Documents);
        return [.. groups.Select(group =>
        {
            double expected = workload.Questions * group.Documents / documents;
            int shared = Math.Min(pairsPerDocument, questionsPerPrefix);
            PlanWorkload own = workload with
            {
                DocumentTokens = (int)Math.Max(1, group.Tokens / group.Documents),
                Documents = group.Documents,
                Questions = (int)Math.Max(1, expected),
            };

            // Questions that share a prefix are one long question to the planner.
            PlanWorkload learned = own with
            {
                TrainingPairs = (int)Math.Min(int.MaxValue, Math.Ceiling((double)pairsPerDocument * group.Documents / shared)),
                QuestionTokens = workload.QuestionTokens * shared,
                AnswerTokens = workload.AnswerTokens * shared,
            };
            PlanEstimate plan = PlanEstimate.Create(model, device, own, precision);
            return new AdapterCost(
                group.Name, expected, PlanEstimate.Create(model, device, learned, precision).TrainingSeconds,
                plan.Full.SecondsPerQuestion - plan.Lloco.SecondsPerQuestion);
        })];
    }
}
