using System.Diagnostics;
using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Validation;
using Microsoft.Extensions.Logging;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Works a question out up to the decoder: chooses documents and adapter, loads, and counts the native window before
/// any tensor work.</summary>
internal sealed class AnswerPlanner(PipelineLayers layers, PipelineSettings settings, ILogger logger)
{
    private readonly DocumentChooser _chooser = new(layers);
    private readonly RawContextReader _raw = new(layers);
    private readonly SummaryContextReader _summaries = new(layers, new RawContextReader(layers), logger);

    /// <summary>Plans an answer.</summary>
    /// <param name="question">The question.</param>
    /// <param name="options">How to answer it.</param>
    /// <param name="unsure">Whether the question was answered from the summary alone and that answer is not trusted.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <exception cref="LlocoException">There is nothing to answer from, or an option names what is not there.</exception>
    /// <exception cref="WindowExceededException">It does not fit the native window under the policy.</exception>
    public async Task<AnswerPlan> PlanAsync(
        string question, AskOptions options, bool unsure, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        using Activity? activity = LlocoDiagnostics.Activities.StartActivity("lloco.retrieve");
        GenerationOptions generation = Checked(options);
        ChosenDocuments chosen = options.Context == ContextMode.None || options.ContextText is not null
            ? ChosenDocuments.None
            : await _chooser.ChooseAsync(
                question, options, options.TopK ?? settings.TopK, cancellationToken).ConfigureAwait(false);

        // Adapters are trained to read summaries; in the raw-text modes the base model is the fair reader.
        string? adapter = AdapterChoice.Choose(
            layers.Decoder, options.Adapter, options.Context == ContextMode.Summary ? chosen.Group : null);
        int[] prompt = [.. layers.Tokenizer.Encode(layers.Prompts.For(adapter).Format(question))];
        SummaryContext context = options.Context switch
        {
            ContextMode.None => new SummaryContext([], prompt, [], null),
            ContextMode.Summary => await _summaries.ReadAsync(
                question, chosen, prompt, (options.WindowPolicy ?? settings.WindowPolicy, generation.MaxNewTokens),
                await ReasonToExpandAsync(options, chosen, unsure, cancellationToken).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false),
            _ => await LoadRawAsync(question, chosen, prompt, options, generation, cancellationToken).ConfigureAwait(false),
        };
        int summary = context.Prefix.Sum(one => one.Count);
        Log.QuestionPlanned(logger, chosen.Documents.Count, chosen.Group, adapter, summary, context.Prompt.Length);
        return new AnswerPlan(
            new DecodeRequest(context.Prefix, context.Prompt, adapter, generation),
            chosen.Group,
            context.Sources,
            context.RawTokens,
            summary,
            Stopwatch.GetElapsedTime(started))
        {
            Expansion = context.Expansion,
            CalibrationContext = context.Expansion is null ? options.Context.ToString() : "expanded",
        };
    }

    private async Task<(ExpandReason Reason, int Passages)?> ReasonToExpandAsync(
        AskOptions options, ChosenDocuments chosen, bool unsure, CancellationToken cancellationToken)
    {
        ExpandOptions expand = options.Expand ?? settings.Expand;
        if (expand.When != ExpandWhen.Auto || unsure)
        {
            return expand.When == ExpandWhen.Never ? null
                : (unsure ? ExpandReason.LowConfidence : ExpandReason.Asked, expand.Passages);
        }

        foreach (ChosenDocument document in chosen.Documents)
        {
            DocumentRecord? record = await layers.Index.FindAsync(document.Id, cancellationToken).ConfigureAwait(false);
            if (record is { IsMarked: true } || record?.Fidelity < expand.MinFidelity)
            {
                return (ExpandReason.LowFidelity, expand.Passages);
            }
        }

        return null;
    }

    private GenerationOptions Checked(AskOptions options)
    {
        if (options is { ContextText: not null, Context: ContextMode.None or ContextMode.Summary })
        {
            throw new LlocoException(
                "ContextText is read in the raw-text modes only (AskOptions.Context). Ingest the text to ask its summary.");
        }

        OptionsFaults.ThrowIfAny(options, "question's options");
        return options.Generation ?? settings.Generation;
    }

    private async Task<SummaryContext> LoadRawAsync(
        string question, ChosenDocuments chosen, int[] prompt, AskOptions options, GenerationOptions generation,
        CancellationToken cancellationToken)
    {
        int window = layers.Decoder.NativeWindow;
        int room = window - prompt.Length - generation.MaxNewTokens;
        if (room < 0)
        {
            throw new WindowExceededException(0, prompt.Length, generation.MaxNewTokens, window);
        }

        RawContext raw = await _raw.ReadAsync(question, chosen, options, room, cancellationToken).ConfigureAwait(false);
        return options.Context == ContextMode.Full && raw.RawTokens > room
            ? throw new WindowExceededException(0, raw.RawTokens + prompt.Length, generation.MaxNewTokens, window)
            : new SummaryContext([], [.. raw.Tokens, .. prompt], raw.Sources, null) { RawTokens = raw.RawTokens };
    }

    internal static LlocoException Vanished(string documentId) =>
        new($"The document '{documentId}' was deleted while the question was being answered. Ask again.");
}
