using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Readers;
using LLoCO.Training.Memories;

namespace LLoCO.Tool.Verbs.Train;

/// <summary><c>lloco learn</c>: trains the keys and values of documents.</summary>
internal static class LearnVerb
{
    /// <summary>Describes the verb.</summary>
    /// <param name="common">Options of several verbs.</param>
    /// <param name="console">Where results go.</param>
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var options = new LearnArguments();
        var verb = new Command(
            "learn", "Trains the key/value memories of documents on questions that the model asks itself, and keeps them in an index.");
        options.AddTo(verb, common);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            options.Ensure(parsed);
            IReadOnlyList<FoundFile> files = options.Documents.FindFiles(parsed, console, cancellationToken);
            LlocoPipelineBuilder builder = common.Describe(parsed, console);
            if (!parsed.GetValue(options.Estimate))
            {
                // An estimate needs the files alone, and must not leave an index behind.
                builder.UseIndex(parsed.GetValue(options.Documents.Index)!);
            }

            options.Documents.Memory.Apply(parsed, builder, options.Choice(parsed));
            string? adapter = common.AddAdapter(parsed, builder);
            string? start = options.Folder(parsed);
            CartridgeTrainingOptions training = options.Read(parsed, adapter);
            LlamaConfig shape = LlamaConfigFile.Read(Path.Combine(common.Package(parsed).Folder, LlamaConfigFile.FileName));
            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            IReadOnlyList<SourceDocument> documents =
                await options.Documents.ToDocumentsAsync(parsed, files, pipeline, cancellationToken).ConfigureAwait(false);
            var run = new LearnRun(parsed, options, pipeline, training, shape, console) { Start = start };
            if (parsed.GetValue(options.Estimate))
            {
                await run.EstimateAsync(documents, cancellationToken).ConfigureAwait(false);
                return 0;
            }

            if (start is not null && documents.Count != 1)
            {
                throw new ToolUsageException($"--start '{start}' is the memory of one document; there are {documents.Count}.");
            }

            return await run.RunAsync(documents, cancellationToken).ConfigureAwait(false) ? 0 : 1;
        });
        return verb;
    }
}
