using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Trust;

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
        var fidelity = new FidelityCommandOptions();
        var verb = new Command("compress", "Compresses documents into an index, one result line per document.")
        {
            paths, index, group,
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

            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            return await RunAsync(pipeline, documents, console, cancellationToken).ConfigureAwait(false);
        });
        return verb;
    }

    private static async Task<int> RunAsync(
        LlocoPipeline pipeline, IReadOnlyList<SourceDocument> documents, ToolConsole console, CancellationToken cancellationToken)
    {
        bool failed = false;
        var progress = new ProgressLine(console.Error, documents.Count);
        await foreach (IngestResult result in pipeline.IngestAsync(documents, progress, cancellationToken).ConfigureAwait(false))
        {
            progress.Clear();
            failed |= result.Failure is not null;
            console.Result(
                new
                {
                    document = result.DocumentId,
                    group = result.Group,
                    outcome = result.Outcome,
                    tokens = result.Tokens,
                    summary = result.SummaryVectors,
                    segments = result.Segments,
                    segments_compressed = result.SegmentsCompressed,
                    seconds = result.Elapsed.TotalSeconds,
                    fidelity = result.Fidelity?.Score,
                    fidelity_agreement = result.Fidelity?.Agreement,
                    fidelity_probes = result.Fidelity?.Probes,
                    marked = result.Fidelity?.IsMarked,
                    seconds_fidelity = result.FidelityTime.TotalSeconds,
                    failure = result.Failure?.Message,
                },
                Describe(result));
        }

        return failed ? 1 : 0;
    }

    private static string Describe(IngestResult result) => result.Failure is { } failure
        ? $"{result.DocumentId}: failed: {failure.Message}"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{result.DocumentId}: {result.Outcome.ToString().ToLowerInvariant()}, {result.Tokens} tokens -> "
            + $"{result.SummaryVectors} summary embeddings, {result.SegmentsCompressed} of {result.Segments} segments "
            + $"compressed, {result.Elapsed.TotalSeconds:F2} s")
            + Describe(result.Fidelity, result.FidelityTime);

    private static string Describe(DocumentFidelity? fidelity, TimeSpan time) => fidelity is null
        ? string.Empty
        : string.Create(
            CultureInfo.InvariantCulture,
            $"; fidelity {fidelity.Score:P1} ({fidelity.Agreement:P1} of {fidelity.Probes} probes told in the same words), {
                time.TotalSeconds:F2} s of that{(fidelity.IsMarked ? "; marked: below the threshold" : string.Empty)}");
}
