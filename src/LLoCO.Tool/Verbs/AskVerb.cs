using System.CommandLine;
using System.Globalization;
using LLoCO.Core;
using LLoCO.Core.Decoding;

namespace LLoCO.Tool.Verbs;

/// <summary><c>lloco ask</c>: one question to an index.</summary>
internal static class AskVerb
{
    public static Command Create(CommonOptions common, ToolConsole console)
    {
        var question = new Argument<string>("question") { Description = "The question." };
        var index = new Option<string>("--index") { Description = "Index file.", Required = true, HelpName = "FILE" };
        var group = new Option<string?>("--group") { Description = "Only documents of this group." };
        var documents = new Option<string[]>("--document") { Description = "Read this document; may be repeated." };
        Option<int> topK = CommonOptions.AtLeast(
            1, new Option<int>("--top-k") { Description = "Most documents in one prefix.", DefaultValueFactory = _ => 1 });
        Option<int> tokens = CommonOptions.AtLeast(1, new Option<int>("--max-new-tokens")
        {
            Description = "Most tokens to generate.",
            DefaultValueFactory = _ => new GenerationOptions().MaxNewTokens,
        });
        var fewer = new Option<bool>("--fewer-documents")
        {
            Description = "Leave out the lowest ranked documents where not all fit the native window.",
        };
        var expand = new Option<ExpandWhen>("--expand")
        {
            Description = "Whether the best passages are read raw beside the summary; auto: where fidelity or confidence is low.",
            DefaultValueFactory = _ => ExpandWhen.Never,
        };
        Option<int> passages = CommonOptions.AtLeast(1, new Option<int>("--expand-passages")
        {
            Description = "Most passages to expand.", DefaultValueFactory = _ => ExpandOptions.Auto.Passages,
        });
        var sure = new Option<double>("--min-confidence")
        {
            Description = "Confidence below which --expand auto answers again.",
            DefaultValueFactory = _ => ExpandOptions.Auto.MinConfidence,
        };
        var faithful = new Option<double>("--min-fidelity")
        {
            Description = "Fidelity of a document below which --expand auto expands at once.",
        };
        var verb = new Command("ask", "Answers a question: answer, sources, tokens used and saved, times.")
        {
            question, index, group, documents, topK, fewer, tokens, expand, passages, sure, faithful, common.Adapter,
            common.PrefixFolder,
        };
        common.AddModelTo(verb);
        verb.SetAction(async (parsed, cancellationToken) =>
        {
            string file = parsed.GetValue(index)!;

            // SQLite would make an index of an empty file: asking changes none.
            if (new FileInfo(file) is not { Exists: true, Length: > 0 })
            {
                string fault = File.Exists(file) ? "is empty" : "does not exist";
                throw new LlocoException($"The index '{file}' {fault}. Make it with 'lloco compress PATH --index {file}'.");
            }

            LlocoPipelineBuilder builder = common.Describe(parsed, console).UseIndex(file);
            var options = new AskOptions
            {
                Adapter = common.AddAdapter(parsed, builder),
                Group = parsed.GetValue(group),
                DocumentIds = parsed.GetValue(documents) ?? [],
                TopK = parsed.GetValue(topK),
                WindowPolicy = parsed.GetValue(fewer) ? WindowPolicy.FewerDocuments : WindowPolicy.Error,
                Generation = new GenerationOptions { MaxNewTokens = parsed.GetValue(tokens) },
                Expand = new ExpandOptions
                {
                    When = parsed.GetValue(expand),
                    Passages = parsed.GetValue(passages),
                    MinConfidence = parsed.GetValue(sure),
                    MinFidelity = parsed.GetValue(faithful),
                },
            };
            await using LlocoPipeline pipeline = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
            await RunAsync(pipeline, parsed.GetValue(question)!, options, console, cancellationToken).ConfigureAwait(false);
            return 0;
        });
        return verb;
    }

    private static async Task RunAsync(
        LlocoPipeline pipeline, string question, AskOptions options, ToolConsole console, CancellationToken cancellationToken)
    {
        IAsyncEnumerable<AnswerUpdate> updates = pipeline.AskStreamingAsync(question, options, cancellationToken);
        await foreach (AnswerUpdate update in updates.ConfigureAwait(false))
        {
            if (!console.Json)
            {
                console.Out.Write(update.Text);
                console.Out.Flush();
            }

            if (update.Answer is { } answer)
            {
                console.Result(ToJson(answer), Environment.NewLine + Describe(answer));
            }
        }
    }

    private static object ToJson(LlocoAnswer answer) => new
    {
        answer = answer.Text,
        finish = answer.Finish,
        group = answer.Group,
        adapter = answer.Adapter,
        sources = answer.Sources.Select(source => new
        {
            document = source.DocumentId, start = source.Start, end = source.End, score = source.Score, raw = source.IsRaw,
        }),
        confidence = answer.Confidence.Value,
        calibrated = answer.Confidence.Calibrated is not null,
        expanded = answer.Expansion is { } expansion
            ? new
            {
                reason = expansion.Reason,
                passages = expansion.Passages,
                tokens = expansion.Tokens,
                first = expansion.First?.Text,
                first_confidence = expansion.First?.Confidence.Value,
            }
            : null,
        tokens = new
        {
            raw = answer.Tokens.Raw,
            summary = answer.Tokens.Summary,
            prompt = answer.Tokens.Prompt,
            generated = answer.Tokens.Generated,
        },
        ratio = answer.Tokens.Ratio,
        seconds = answer.Times.Total.TotalSeconds,
        seconds_retrieve = answer.Times.Retrieve.TotalSeconds,
        seconds_first_token = answer.Times.FirstToken.TotalSeconds,
    };

    private static string Describe(LlocoAnswer answer) => string.Create(
        CultureInfo.InvariantCulture,
        $"""

        sources: {string.Join(", ", answer.Sources.Select(source => $"{source.DocumentId} [{source.Start}-{source.End}]"))}
        tokens:  {answer.Tokens.Raw} of text as {answer.Tokens.Summary} summary embeddings ({answer.Tokens.Ratio:F1}x), {
            answer.Tokens.Prompt} prompt, {answer.Tokens.Generated} generated
        adapter: {answer.Adapter ?? "none"}
        sure:    {answer.Confidence.Value:P1}{(answer.Confidence.Calibrated is null ? ", not calibrated" : string.Empty)}{
            Expanded(answer.Expansion)}
        seconds: {answer.Times.Retrieve.TotalSeconds:F3} to retrieve, {
            answer.Times.FirstToken.TotalSeconds:F3} to the first token, {answer.Times.Total.TotalSeconds:F3} in all
        """);

    private static string Expanded(AnswerExpansion? expansion) => expansion is null
        ? string.Empty
        : string.Create(
            CultureInfo.InvariantCulture,
            $"; {expansion.Passages} passages of {expansion.Tokens} tokens read raw ({expansion.Reason switch
            {
                ExpandReason.LowConfidence => $"without them: '{expansion.First?.Text}', {expansion.First?.Confidence.Value:P1}",
                ExpandReason.LowFidelity => "low fidelity",
                _ => "asked for",
            }})");
}
