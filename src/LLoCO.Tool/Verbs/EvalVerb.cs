using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;
using LLoCO.Training.Memories;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco eval</c>: metrics of modes over data sets.</summary>
internal static class EvalVerb
{
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var options = new EvalArguments();
        var dataSets = new DataSetArguments();
        var verb = new Command("eval", "Measures modes over data sets: metrics with their 95 % interval, tokens, times.");
        options.AddTo(verb);
        dataSets.AddTo(verb);
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            ModelPackage model = common.Package(parsed);
            LlocoPipelineBuilder builder = common.Describe(parsed, console);
            (IReadOnlyList<string> adapters, IReadOnlyDictionary<string, string> folders) =
                EvaluationRows.AddAdapters(parsed.GetValue(options.Adapters) ?? [], builder);
            IReadOnlyList<EvaluationRow> rows = options.Rows(parsed, adapters);
            IReadOnlyList<NamedDataSet> sets = dataSets.Find(parsed, model, console);
            string? prompt = options.UsesDataSetPrompt(parsed, model) ? sets[0].Format.Prompt?.Text : null;
            int maxNewTokens = parsed.GetValue(options.MaxNewTokens) ?? sets[0].Format.MaxNewTokens;
            Describe(builder, prompt, maxNewTokens, parsed.GetValue(options.Index));
            string? memory = options.Memory.Apply(parsed, builder);
            if (parsed.GetValue(options.ReadSlots) is { } slots)
            {
                if (memory is null)
                {
                    await IndexArguments.EnsureKeyValueAsync("--read-slots", parsed.GetValue(options.Index), cancellationToken)
                        .ConfigureAwait(false);
                }

                builder.UseMemorySlots(slots);
                memory += $", {slots} read";
            }

            if (parsed.GetValue(options.Places) is not MemoryPlaces.Auto and var places)
            {
                if (memory is null)
                {
                    await IndexArguments.EnsureKeyValueAsync("--places", parsed.GetValue(options.Index), cancellationToken)
                        .ConfigureAwait(false);
                }

                builder.UseMemoryPlaces(places);
                memory += $", {places}";
            }

            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            var run = new EvalRun(parsed, options, pipeline, console)
            {
                Rows = rows,
                Settings = EvaluationSettings.Create(
                    pipeline, model, folders, rows, prompt, maxNewTokens, sets[0].Format, parsed.GetValue(common.Template), memory),
            };
            await run.RunAsync(sets, cancellationToken).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }

    private static void Describe(LlocoPipelineBuilder builder, string? prompt, int maxNewTokens, string? index)
    {
        builder.UseGeneration(new GenerationOptions { MaxNewTokens = maxNewTokens });
        if (prompt is not null)
        {
            builder.UsePrompt(prompt);
        }

        if (index is not null)
        {
            builder.UseIndex(index);
        }
    }
}
