using System.CommandLine;
using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Training.Export;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco export</c>: a compressed document for other programs.</summary>
internal static class ExportVerb
{
    public static Command Create(CommonArguments common, ToolConsole console)
    {
        var document = new Argument<string?>("document")
        {
            Description = "Document of the index; left out to write an adapter that is a key/value prefix back.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var vllm = new Option<bool>("--vllm") { Description = "Summary embeddings and requests for a vLLM server." };
        var cartridge = new Option<bool>("--cartridge") { Description = "Keys and values as a PEFT CARTRIDGE folder." };
        var index = new Option<string?>("--index") { Description = "Index file, or postgres://… address.", HelpName = IndexArguments.HelpName };
        var output = new Option<string>("--out") { Description = "Folder to write.", Required = true, HelpName = "DIR" };
        var question = new Option<string?>("--question") { Description = "With --vllm: the question of the requests.", HelpName = "TEXT" };
        var served = new Option<string?>("--served-model")
        {
            Description = "With --vllm: name of the base model on the server; default: the model's own.", HelpName = "NAME",
        };
        Option<int> tokens = CommonArguments.Number(
            "--max-new-tokens", 1, new GenerationOptions().MaxNewTokens, "With --vllm: most tokens of the answer.");
        var verb = new Command("export", "Writes a compressed document for other programs: vLLM, or PEFT (key/value prefix).")
        {
            document, vllm, cartridge, index, output, question, served, tokens, common.Adapter,
        };
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            string? id = parsed.GetValue(document);
            bool toVllm = parsed.GetValue(vllm);
            Check(toVllm, parsed.GetValue(cartridge), id, parsed.GetValue(index), parsed.GetValue(common.Adapter));
            parsed.EnsureNoneWithout(toVllm, vllm.Name, question, served, tokens);
            parsed.EnsureNoneWithout(id is not null, "a document", index);
            LlocoPipelineBuilder builder = common.Describe(parsed, console);
            if (parsed.GetValue(index) is { } file)
            {
                await IndexArguments.EnsureThereAsync(file, cancellationToken).ConfigureAwait(false);
                builder.UseIndex(file);
            }

            string? adapter = common.AddAdapter(parsed, builder);
            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            var run = new ExportRun(pipeline, console, parsed.GetValue(output)!);
            await (toVllm
                ? run.WriteVllmAsync(
                    new VllmExportOptions
                    {
                        DocumentId = id!, Question = parsed.GetValue(question), Adapter = adapter,
                        ServedModel = parsed.GetValue(served), MaxNewTokens = parsed.GetValue(tokens),
                    },
                    cancellationToken)
                : run.WriteCartridgeAsync(id, adapter, cancellationToken)).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }

    private static void Check(bool vllm, bool cartridge, string? document, string? index, string? adapter)
    {
        if (vllm == cartridge)
        {
            throw new ToolUsageException("Name one of --vllm and --cartridge.");
        }

        if (document is null && (vllm || adapter is null))
        {
            throw new ToolUsageException(vllm
                ? "--vllm needs a document."
                : "--cartridge needs a document, or --adapter with a key/value prefix.");
        }

        if (document is not null && index is null)
        {
            throw new ToolUsageException("A document needs --index, the file that holds it.");
        }
    }
}
