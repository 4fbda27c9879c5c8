using System.CommandLine;
using System.Globalization;
using LLoCO.Core.Index;
using LLoCO.Tool.Reports;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco list</c>: the documents of an index.</summary>
internal static class ListVerb
{
    public static Command Create(ToolConsole console)
    {
        var arguments = new IndexArguments();
        var group = new Option<string?>("--group") { Description = "Only documents of this group." };
        var verb = new Command("list", "Lists the documents of an index.") { arguments.Index, group };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            await using IRetrievalIndex index = await arguments.OpenAsync(parsed, cancellationToken).ConfigureAwait(false);
            List<DocumentRecord> records = await index.ListDocumentsAsync(parsed.GetValue(group), cancellationToken)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
            if (console.IsTerminal && !console.Json)
            {
                ResultTable.Write(
                    console.Out, ["document", "group", ">tokens", ">vectors", ">ratio", ">fidelity"], [.. records.Select(Cells)]);
                return 0;
            }

            foreach (DocumentRecord record in records)
            {
                console.Result(ToJson(record), string.Join('\t', Cells(record)));
            }

            return 0;
        });
        return verb;
    }

    /// <summary>Describes a document for scripts.</summary>
    /// <param name="record">The document.</param>
    public static object ToJson(DocumentRecord record) => new
    {
        document = record.Id,
        group = record.Group,
        tokens = record.Tokens,
        summary = record.SummaryCount,
        segments = record.Segments,
        ratio = Ratio(record),
        fidelity = record.Fidelity,
        marked = record.IsMarked,
    };

    private static string[] Cells(DocumentRecord record) =>
    [
        record.Id, record.Group, record.Tokens.ToString("N0", CultureInfo.InvariantCulture),
        record.SummaryCount.ToString("N0", CultureInfo.InvariantCulture), Ratio(record).ToString("F1", CultureInfo.InvariantCulture) + "x",
        (record.Fidelity?.ToString("P1", CultureInfo.InvariantCulture) ?? "-") + (record.IsMarked ? " low" : string.Empty),
    ];

    private static double Ratio(DocumentRecord record) =>
        record.SummaryCount == 0 ? 1 : (double)record.Tokens / record.SummaryCount;
}
