using System.Diagnostics;
using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Validation;
using Microsoft.Extensions.Logging;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Plans a question: chooses documents and adapter, loads the context, and checks the native window before any tensor
/// work.</summary>
internal sealed class AnswerPlanner(PipelineLayers layers, PipelineSettings settings, ILogger logger)
{
    private readonly DocumentChooser _chooser = new(layers);
    private readonly ContextReader _reader = new(layers, logger);

    /// <summary>Plans an answer.</summary>
    /// <param name="question">The question.</param>
    /// <param name="options">How to answer it.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <exception cref="LlocoException">There is nothing to answer from, or an option names what is not there.</exception>
    /// <exception cref="WindowExceededException">It does not fit the native window under the policy.</exception>
    public async Task<AnswerPlan> PlanAsync(string question, AskOptions options, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        using Activity? activity = LlocoDiagnostics.Activities.StartActivity("lloco.retrieve");
        AskedQuestion asked = await SettleAsync(question, options, cancellationToken).ConfigureAwait(false);
        ExpandReason? expand = options.Context == ContextMode.Summary
            ? await ReasonToExpandAsync(asked, cancellationToken).ConfigureAwait(false)
            : null;
        QuestionContext context = await _reader.ReadAsync(asked, expand, cancellationToken).ConfigureAwait(false);
        return Plan(asked, context, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>Plans a question again, with raw passages, after an answer of low confidence from the summary alone.</summary>
    /// <param name="first">The plan of that answer.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <returns>The extended plan; without an expansion if no passage fits.</returns>
    public async Task<AnswerPlan> WidenAsync(AnswerPlan first, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        using Activity? activity = LlocoDiagnostics.Activities.StartActivity("lloco.retrieve");
        QuestionContext context = await _reader.ReadAsync(first.Asked, ExpandReason.LowConfidence, cancellationToken)
            .ConfigureAwait(false);
        return Plan(first.Asked, context, first.RetrieveTime + Stopwatch.GetElapsedTime(started));
    }

    private async Task<AskedQuestion> SettleAsync(string question, AskOptions options, CancellationToken cancellationToken)
    {
        EnsureUsable(options);
        ChosenDocuments chosen = options.Context == ContextMode.None || options.ContextText is not null
            ? ChosenDocuments.None
            : await _chooser.ChooseAsync(
                question, options, options.TopK ?? settings.TopK, cancellationToken).ConfigureAwait(false);

        // Adapters are trained to read summaries, so the base model is the fair baseline in the raw-text modes.
        string? adapter = AdapterChoice.Choose(
            layers.Decoder, options.Adapter, options.Context == ContextMode.Summary ? chosen.Group : null);
        IReadOnlyList<int> prompt = layers.Tokenizer.Encode(layers.Prompts.For(adapter).Format(question));
        GenerationOptions generation = options.Generation ?? settings.Generation;
        return new AskedQuestion
        {
            Text = question,
            Options = options,
            Generation = generation,
            Expand = options.Expand ?? settings.Expand,
            Policy = options.WindowPolicy ?? settings.WindowPolicy,
            Chosen = chosen,
            Adapter = adapter,
            Prompt = prompt,
            Budget = new WindowBudget(layers.Decoder.NativeWindow) { Prompt = prompt.Count, Answer = generation.MaxNewTokens },
            Contents = new DocumentContents(layers.Index, layers.Decoder.Fingerprint),
        };
    }

    private AnswerPlan Plan(AskedQuestion asked, QuestionContext context, TimeSpan time)
    {
        int[] prompt = [.. context.RawText, .. asked.Prompt];
        Log.QuestionPlanned(
            logger, asked.Chosen.Documents.Count, asked.Chosen.Group, asked.Adapter, context.SummaryVectors, prompt.Length);
        return new AnswerPlan(asked, context, new DecodeRequest(context.Prefix, prompt, asked.Adapter, asked.Generation), time);
    }

    private async Task<ExpandReason?> ReasonToExpandAsync(AskedQuestion asked, CancellationToken cancellationToken)
    {
        if (asked.Expand.When != ExpandWhen.Auto)
        {
            return asked.Expand.When == ExpandWhen.Always ? ExpandReason.Asked : null;
        }

        foreach (ChosenDocument document in asked.Chosen.Documents)
        {
            DocumentRecord? record = await layers.Index.FindAsync(document.Id, cancellationToken).ConfigureAwait(false);
            if (record is { IsMarked: true } || record?.Fidelity < asked.Expand.MinFidelity)
            {
                return ExpandReason.LowFidelity;
            }
        }

        return null;
    }

    private static void EnsureUsable(AskOptions options)
    {
        OptionsFaults.ThrowIfAny(options, "question's options");
        if (options is { ContextText: not null, Context: ContextMode.None or ContextMode.Summary })
        {
            throw new LlocoException(
                "ContextText is read in the raw-text modes only (AskOptions.Context). Ingest the text to ask its summary.");
        }
    }
}
