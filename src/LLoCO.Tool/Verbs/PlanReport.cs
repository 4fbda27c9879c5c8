using System.Globalization;
using LLoCO.Evaluation.Planning;
using LLoCO.Tool.Verbs.Bench;

namespace LLoCO.Tool.Verbs;

/// <summary>A plan as JSON and as a table.</summary>
internal static class PlanReport
{
    /// <summary>The keys that scripts read.</summary>
    public static object ToJson(PlanEstimate plan, DeviceFigures device) => new
    {
        tokens = plan.Workload.DocumentTokens,
        documents = plan.Workload.Documents,
        questions = plan.Workload.Questions,
        summary = plan.SummaryVectors,
        segments = plan.Segments,
        ratio = plan.Ratio,
        seconds_compression = plan.CompressionSeconds,
        seconds_training = plan.TrainingSeconds,
        roads = Strategies(plan).Select(strategy => new
        {
            name = strategy.Name,
            context_tokens = strategy.ContextTokens,
            fits_window = strategy.FitsWindow,
            seconds_offline = strategy.OfflineSeconds,
            seconds_opening = strategy.OpeningSeconds,
            seconds_first_token = strategy.SecondsFirstToken,
            seconds_per_token = strategy.SecondsPerToken,
            seconds_per_question = strategy.SecondsPerQuestion,
            seconds_total = strategy.TotalSeconds(plan.Workload.Questions),
            flops_per_question = strategy.FlopsPerQuestion,
            flops_total = strategy.TotalFlops(plan.Workload.Questions),
            cache_mib = strategy.CacheMiB,
            stored_mib = strategy.StoredMiB,
        }),
        questions_to_pay = Others(plan).ToDictionary(strategy => strategy.Name, plan.Lloco.QuestionsToPay),
        device = BenchDeviceVerb.ToJson(device),
    };

    /// <summary>For people.</summary>
    public static string Describe(PlanEstimate plan, DeviceFigures device)
    {
        IEnumerable<string> rows = Strategies(plan).Select(strategy => string.Create(
            CultureInfo.InvariantCulture,
            $"{strategy.Name,-10} {strategy.ContextTokens,8} {(strategy.FitsWindow ? "yes" : "no"),4} {strategy.OfflineSeconds,10:G4} {
                strategy.OpeningSeconds,10:G4} {strategy.SecondsFirstToken,10:G4} {strategy.SecondsPerToken,10:G4} {
                strategy.TotalSeconds(plan.Workload.Questions),10:G4} {strategy.TotalFlops(plan.Workload.Questions),10:G3} {
                strategy.CacheMiB,9:F1} {strategy.StoredMiB,9:F2}"));
        IEnumerable<string> pays = Others(plan).Select(strategy => string.Create(
            CultureInfo.InvariantCulture,
            $"against {strategy.Name}: {(plan.Lloco.QuestionsToPay(strategy) is { } questions
                ? $"pays from question {questions:N0} on"
                : "never pays in time")}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {plan.Workload.DocumentTokens:N0} tokens in {plan.Segments:N0} segments -> {
                plan.SummaryVectors:N0} summary embeddings ({plan.Ratio:F1}x); {
                plan.Workload.Documents:N0} documents, {plan.Workload.Questions:N0} questions; {
                plan.CompressionSeconds:G3} s compression, {plan.TrainingSeconds:G3} s training
            strategy        context fits    offline    opening first token each token  all, in s  all, FLOP cache MiB  kept MiB
            {string.Join('\n', rows)}
            {string.Join('\n', pays)}
            {BenchDeviceVerb.Describe(device)}
            """);
    }

    private static PlanStrategy[] Strategies(PlanEstimate plan) => [plan.Full, plan.FullKept, plan.Retrieval, plan.Lloco];

    private static PlanStrategy[] Others(PlanEstimate plan) => [plan.Full, plan.FullKept, plan.Retrieval];
}
