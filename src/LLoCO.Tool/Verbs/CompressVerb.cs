using System.CommandLine;
using LLoCO.Core;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco compress</c>: files and folders into an index.</summary>
internal static class CompressVerb
{
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "Files, or folders of .txt and .md files.",
            Arity = ArgumentArity.OneOrMore,
        };
        var index = new Option<string>("--index") { Description = "Index file.", Required = true, HelpName = "FILE" };
        var group = new Option<string>("--group")
        {
            Description = "Group of the documents, which selects the adapter.",
            DefaultValueFactory = _ => SourceDocument.DefaultGroup,
        };
        var prefill = new Option<bool>("--prefill")
        {
            Description = "Also prefills the summary embeddings and keeps their KV cache in --prefix-folder for the first questions.",
        };
        var prefix = new Option<string>("--prefix")
        {
            Description = "Prefix of each document's id, such as a folder's name and a slash; keeps files of the same name apart.",
            HelpName = "TEXT",
        };
        var replace = new Option<bool>("--replace")
        {
            Description = "Lets documents replace others with the same id that have another group or are from another file.",
        };
        var fidelity = new FidelityArguments();
        var verb = new Command("compress", "Compresses documents into an index, one result line per document.")
        {
            paths, index, group, prefix, replace, prefill, common.PrefixFolder, common.Adapter,
        };
        fidelity.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            var files = new DocumentFiles(parsed.GetValue(group)!, cancellationToken)
            {
                Prefix = parsed.GetValue(prefix) ?? string.Empty, Replaces = parsed.GetValue(replace),
            };
            IReadOnlyList<SourceDocument> documents = files.Find(parsed.GetValue(paths)!);
            foreach (string link in files.Links)
            {
                console.Error.WriteLine($"{link}: a link, passed over");
            }

            LlocoPipelineBuilder builder = common.Describe(parsed, console).UseIndex(parsed.GetValue(index)!);
            if (fidelity.Read(parsed) is { } measured)
            {
                builder.UseFidelity(measured);
            }

            string? adapter = common.AddAdapter(parsed, builder);
            bool prepares = parsed.GetValue(prefill);
            if (prepares != parsed.GetValue(common.PrefixFolder) is not null || (adapter is not null && !prepares))
            {
                throw new ToolUsageException("--prefill, --prefix-folder and --adapter go together: compressing itself uses "
                    + "neither folder nor adapter.");
            }

            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            var run = new CompressRun(pipeline, console) { Prepares = prepares, Adapter = adapter };
            return await run.RunAsync(documents, cancellationToken).ConfigureAwait(false) ? 0 : 1;
        });
        return verb;
    }
}
