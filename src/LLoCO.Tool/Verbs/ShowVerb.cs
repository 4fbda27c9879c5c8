using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Index;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco show</c>: one document of an index.</summary>
internal static class ShowVerb
{
    private const int BeginningLength = 400;

    public static Command Create(ToolConsole console)
    {
        var arguments = new IndexArguments();
        var id = new Argument<string>("document") { Description = "The document's id, as 'lloco list' shows it." };
        var whole = new Option<bool>("--text") { Description = "Writes its whole text, as it was read from the file." };
        var verb = new Command("show", "Shows a document of an index: counts, parts, and its text.") { id, arguments.Index, whole };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            await using IRetrievalIndex index = await arguments.OpenAsync(parsed, cancellationToken).ConfigureAwait(false);
            string name = parsed.GetValue(id)!;
            DocumentRecord record = await index.ListDocumentsAsync(null, cancellationToken)
                .FirstOrDefaultAsync(one => one.Id == name, cancellationToken).ConfigureAwait(false)
                ?? throw new LlocoException($"There is no document '{name}' in the index. 'lloco list' shows which there are.");
            int parts = (await IndexArguments.FindAsync(index, name, cancellationToken).ConfigureAwait(false)).Count;
            string text = await index.LoadWholeTextAsync(name, cancellationToken).ConfigureAwait(false) ?? string.Empty;
            bool all = parsed.GetValue(whole);
            console.Result(
                new { document = ListVerb.ToJson(record), parts, characters = text.Length, text = all ? text : null },
                all ? text : Describe(record, parts, text));
            return 0;
        });
        return verb;
    }

    private static string Describe(DocumentRecord record, int parts, string text) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        document: {record.Id}
        group:    {record.Group}
        tokens:   {record.Tokens:N0} as {record.SummaryCount:N0} summary embeddings, in {record.Segments:N0} segments{
            (parts > 1 ? $" and {parts} parts" : string.Empty)}
        fidelity: {record.Fidelity?.ToString("P1", CultureInfo.InvariantCulture) ?? "not measured"}{(record.IsMarked ? ", low" : string.Empty)}

        {(text.Length <= BeginningLength ? text : text[..BeginningLength].TrimEnd() + " …")}
        """);
}
