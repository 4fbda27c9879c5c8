using System.Globalization;
using LLoCO.Tool.Reports;
using LLoCO.Training.Grouping;

namespace LLoCO.Tool.Verbs;

/// <summary>Writes a plan of groups.</summary>
internal static class GroupReport
{
    private const int WordsShown = 4;

    /// <summary>Writes the groups, the documents that would move, and which adapters pay.</summary>
    /// <param name="console">Where to write.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="costs">What adapters cost; <see langword="null"/> if that was not asked.</param>
    public static void Write(ToolConsole console, GroupingPlan plan, IReadOnlyList<AdapterCost>? costs)
    {
        if (console.Json)
        {
            WriteJson(console, plan, costs);
            return;
        }

        string[] heads = ["group", ">documents", ">tokens", ">alike", "telling words"];
        string[] costHeads = [">training s", ">questions to pay", "pays"];
        ResultTable.Write(console.Out, [.. heads, .. costs is null ? [] : costHeads], [.. plan.Groups.Index().Select(group =>
            (string[])[.. Cells(group.Item), .. costs is null ? [] : Cells(costs[group.Index])])]);
        foreach (PlannedDocument document in plan.Moves)
        {
            console.Out.WriteLine($"{document.Id}: {document.From} -> {document.Group}");
        }

        console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Groups.Count} groups, {plan.Moves.Count()} of {plan.Documents.Count} documents to move, {plan.Unsure.Count()} fit none; "
            + $"silhouette {plan.Silhouette:F2}"));
        if (costs is not null)
        {
            console.Out.WriteLine($"{costs.Count(cost => cost.Pays)} of {costs.Count} adapters pay for the questions expected; groups "
                + "whose adapter does not pay may share one, or be read by the base model.");
        }
    }

    private static void WriteJson(ToolConsole console, GroupingPlan plan, IReadOnlyList<AdapterCost>? costs)
    {
        foreach ((int number, ProposedGroup group) in plan.Groups.Index())
        {
            AdapterCost? cost = costs?[number];
            console.JsonLine(new
            {
                group = group.Name,
                words = group.Words,
                documents = group.Documents,
                tokens = group.Tokens,
                similarity = group.Similarity,
                limit = group.Limit,
                seconds_training = cost?.TrainingSeconds,
                questions_to_pay = cost?.QuestionsToPay,
                pays = cost?.Pays,
            });
        }

        foreach (PlannedDocument document in plan.Documents)
        {
            console.JsonLine(new
            {
                document = document.Id, from = document.From, group = document.Group, similarity = document.Similarity,
            });
        }
    }

    private static string[] Cells(ProposedGroup group) =>
    [
        group.Name, Number(group.Documents), Number(group.Tokens), group.Similarity.ToString("F2", CultureInfo.InvariantCulture),
        string.Join(", ", group.Words.Take(WordsShown)),
    ];

    private static string[] Cells(AdapterCost cost) =>
    [
        cost.TrainingSeconds.ToString("N1", CultureInfo.InvariantCulture),
        cost.QuestionsToPay is { } pays ? Number(pays) : "never", cost.Pays ? "yes" : "no",
    ];

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
