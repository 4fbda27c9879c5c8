using System.Globalization;
using LLoCO.Core.Planning;
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
        roads = Roads(plan).Select(road => new
        {
            name = road.Name,
            context_tokens = road.ContextTokens,
            fits_window = road.FitsWindow,
            seconds_offline = road.OfflineSeconds,
            seconds_opening = road.OpeningSeconds,
            seconds_first_token = road.SecondsFirstToken,
            seconds_per_token = road.SecondsPerToken,
            seconds_per_question = road.SecondsPerQuestion,
            seconds_total = road.TotalSeconds(plan.Workload.Questions),
            flops_per_question = road.FlopsPerQuestion,
            flops_total = road.TotalFlops(plan.Workload.Questions),
            cache_mib = road.CacheMiB,
            stored_mib = road.StoredMiB,
        }),
        questions_to_pay = Others(plan).ToDictionary(road => road.Name, plan.Lloco.QuestionsToPay),
        device = BenchDeviceVerb.ToJson(device),
    };

    /// <summary>For people.</summary>
    public static string Describe(PlanEstimate plan, DeviceFigures device)
    {
        IEnumerable<string> rows = Roads(plan).Select(road => string.Create(
            CultureInfo.InvariantCulture,
            $"{road.Name,-10} {road.ContextTokens,8} {(road.FitsWindow ? "yes" : "no"),4} {road.OfflineSeconds,10:G4} {
                road.OpeningSeconds,10:G4} {road.SecondsFirstToken,10:G4} {road.SecondsPerToken,10:G4} {
                road.TotalSeconds(plan.Workload.Questions),10:G4} {road.TotalFlops(plan.Workload.Questions),10:G3} {
                road.CacheMiB,9:F1} {road.StoredMiB,9:F2}"));
        IEnumerable<string> pays = Others(plan).Select(road => string.Create(
            CultureInfo.InvariantCulture,
            $"against {road.Name}: {(plan.Lloco.QuestionsToPay(road) is { } questions
                ? $"pays from question {questions:N0} on"
                : "never pays in time")}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {plan.Workload.DocumentTokens:N0} tokens in {plan.Segments:N0} segments -> {
                plan.SummaryVectors:N0} summary embeddings ({plan.Ratio:F1}x); {
                plan.Workload.Documents:N0} documents, {plan.Workload.Questions:N0} questions; {
                plan.CompressionSeconds:G3} s compression, {plan.TrainingSeconds:G3} s training
            road        context fits    offline    opening first token each token  all, in s  all, FLOP cache MiB  kept MiB
            {string.Join('\n', rows)}
            {string.Join('\n', pays)}
            {BenchDeviceVerb.Describe(device)}
            """);
    }

    private static PlanRoad[] Roads(PlanEstimate plan) => [plan.Full, plan.FullKept, plan.Retrieval, plan.Lloco];

    private static PlanRoad[] Others(PlanEstimate plan) => [plan.Full, plan.FullKept, plan.Retrieval];
}
