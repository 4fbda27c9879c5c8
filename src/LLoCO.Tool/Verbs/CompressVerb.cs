using System.CommandLine;
using LLoCO.Core;
using LLoCO.Readers;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco compress</c>: files and folders into an index.</summary>
internal static class CompressVerb
{
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var arguments = new CompressArguments();
        var verb = new Command("compress", "Compresses documents into an index, one result line per document.");
        arguments.AddTo(verb, common);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            IReadOnlyList<FoundFile> files = arguments.FindFiles(parsed, console, cancellationToken);
            LlocoPipelineBuilder builder = common.Describe(parsed, console).UseIndex(parsed.GetValue(arguments.Index)!);
            if (arguments.Fidelity.Read(parsed) is { } measured)
            {
                builder.UseFidelity(measured);
            }

            arguments.Memory.Apply(parsed, builder);
            string? adapter = common.AddAdapter(parsed, builder);
            bool prepares = parsed.GetValue(arguments.Prefill);
            if (prepares != parsed.GetValue(common.PrefixFolder) is not null || (adapter is not null && !prepares))
            {
                throw new ToolUsageException("--prefill, --prefix-folder and --adapter go together: compressing itself uses "
                    + "neither folder nor adapter.");
            }

            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<SourceDocument> documents =
                await arguments.ToDocumentsAsync(parsed, files, pipeline, cancellationToken).ConfigureAwait(false);
            AutoGroup? groups = parsed.GetValue(arguments.Group) == AutoGroup.Name ? new AutoGroup(pipeline) : null;
            var run = new CompressRun(pipeline, console) { Prepares = prepares, Adapter = adapter, Groups = groups };
            return await run.RunAsync(documents, cancellationToken).ConfigureAwait(false) ? 0 : 1;
        });
        return verb;
    }
}
