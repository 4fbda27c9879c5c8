using System.CommandLine;
using LLoCO.Core.Index;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco remove</c>: documents out of an index.</summary>
internal static class RemoveVerb
{
    public static Command Create(ToolConsole console)
    {
        var arguments = new IndexArguments();
        var ids = new Argument<string[]>("document")
        {
            Description = "Ids of documents, as 'lloco list' shows them.", Arity = ArgumentArity.OneOrMore,
        };
        var verb = new Command("remove", "Removes documents from an index; their files stay.") { ids, arguments.Index };
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            await using IRetrievalIndex index = await arguments.OpenAsync(parsed, cancellationToken).ConfigureAwait(false);
            bool all = true;
            foreach (string id in parsed.GetValue(ids)!)
            {
                bool removed = await RemoveAsync(index, id, cancellationToken).ConfigureAwait(false);
                all &= removed;
                console.Result(new { document = id, removed }, removed ? $"{id}: removed" : $"{id}: not in the index");
            }

            return all ? 0 : 1;
        });
        return verb;
    }

    private static async Task<bool> RemoveAsync(IRetrievalIndex index, string id, CancellationToken cancellationToken)
    {
        IReadOnlyList<DocumentRecord> parts = await IndexArguments.FindAsync(index, id, cancellationToken).ConfigureAwait(false);

        // The part that has the document's own id goes last: until then the document can be removed again.
        foreach (DocumentRecord part in parts.OrderByDescending(part => part.Id.Length))
        {
            await index.DeleteAsync(part.Id, cancellationToken).ConfigureAwait(false);
        }

        return parts.Count > 0;
    }
}
