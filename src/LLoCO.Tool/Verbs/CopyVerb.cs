using System.CommandLine;
using System.Globalization;
using LLoCO.Core.Index;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco copy</c>: the documents of one index into another.</summary>
internal static class CopyVerb
{
    public static Command Create(ToolConsole console)
    {
        var from = new Argument<string>("from") { Description = "Index file, or postgres://… address." };
        var to = new Argument<string>("to") { Description = "Index file or address; made if it does not exist." };
        var verify = new Option<bool>("--verify")
        {
            Description = "Compares every document on both sides, byte by byte; what differs is copied again.",
        };
        var verb = new Command("copy", "Copies the documents of an index into another. Started again, it goes on where it was.")
        {
            from, to, verify,
        };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(from) == parsed.GetValue(to))
            {
                throw new ToolUsageException("Both indexes are the same. Name another to copy into.");
            }

            await using IRetrievalIndex source = await IndexArguments.OpenAsync(parsed.GetValue(from)!, cancellationToken).ConfigureAwait(false);
            await using IRetrievalIndex target =
                await IndexArguments.OpenOrCreateAsync(parsed.GetValue(to)!, cancellationToken).ConfigureAwait(false);
            await CopyAsync(source, target, parsed.GetValue(verify), console, cancellationToken).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }

    private static async Task CopyAsync(
        IRetrievalIndex source, IRetrievalIndex target, bool verify, ToolConsole console, CancellationToken cancellationToken)
    {
        int documents = await source.ListAsync(null, cancellationToken).CountAsync(cancellationToken).ConfigureAwait(false);
        int written = 0;
        int done = 0;
        await foreach ((DocumentRecord document, bool isNew) in source.CopyToAsync(target, verify, cancellationToken).ConfigureAwait(false))
        {
            done++;
            written += isNew ? 1 : 0;
            if (console.ErrorWidth > 0)
            {
                string line = $"[{done}/{documents}] {document.Id}";
                console.Error.Write("\r\u001b[K" + (line.Length < console.ErrorWidth ? line : line[..(console.ErrorWidth - 2)] + "…"));
            }
            else if (isNew)
            {
                // Scripts see how far it is; documents that were there are only counted.
                console.Error.WriteLine($"[{done}/{documents}] {document.Id}");
            }
        }

        if (console.ErrorWidth > 0)
        {
            console.Error.Write("\r\u001b[K");
        }

        console.Result(
            new { documents = done, written, verified = verify },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{done:N0} documents: {written:N0} copied, {done - written:N0} were there{(verify ? "; all are equal on both sides" : string.Empty)}"));
    }
}
