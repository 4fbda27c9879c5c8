using System.CommandLine;
using LLoCO.Core;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco compress</c>: files and folders into an index.</summary>
internal static class CompressVerb
{
    public static Command Create(CommonOptions common, ToolConsole console)
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "Files, or folders of .txt and .md files.",
            Arity = ArgumentArity.OneOrMore,
        };
        var index = new Option<string>("--index") { Description = "Index file.", Required = true, HelpName = "FILE" };
        var group = new Option<string>("--group")
        {
            Description = "The group whose adapter reads the documents.",
            DefaultValueFactory = _ => SourceDocument.DefaultGroup,
        };
        var prefill = new Option<bool>("--prefill")
        {
            Description = "Reads the summary embeddings as well and keeps their keys and values in --prefix-folder, so that first "
                + "questions find them there.",
        };
        var fidelity = new FidelityCommandOptions();
        var verb = new Command("compress", "Compresses documents into an index, one result line per document.")
        {
            paths, index, group, prefill, common.PrefixFolder, common.Adapter,
        };
        fidelity.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            IReadOnlyList<SourceDocument> documents = DocumentFiles.Find(parsed.GetValue(paths)!, parsed.GetValue(group)!);
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
