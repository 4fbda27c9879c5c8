using System.Diagnostics;
using LLoCO.Core.Compression.Published;
using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Tokenization.Chat;
using LLoCO.Core.Trust;
using LLoCO.Core.Validation;
using Microsoft.Extensions.Logging;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Plans a question: chooses documents and adapter, loads the context, and checks the native window before any tensor
/// work.</summary>
internal sealed class AnswerPlanner(PipelineLayers layers, PipelineSettings settings, ILogger logger)
{
    private readonly DocumentChooser _chooser = new(layers);
    private readonly DoubtJudge _judge = new(layers);
    private readonly ContextReader _reader = new(layers, logger);
    private readonly SourcePlaces _places = new(layers.Index);

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
        IReadOnlyList<DocumentRecord> records = await FindAsync(asked, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Doubt> doubts = await JudgeAsync(asked, records, cancellationToken).ConfigureAwait(false);
        ExpandReason? expand = options.Context == ContextMode.Summary ? ReasonToExpand(asked, records, doubts) : null;
        QuestionContext context = await _reader.ReadAsync(asked, expand, cancellationToken).ConfigureAwait(false);
        if (GroundingCheck.JudgeQuestion(question, context.Sources) is { } elsewhere)
        {
            doubts = [.. doubts, elsewhere];
        }

        return await CompleteAsync(asked, context, doubts, started, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Plans a question again, with raw passages, after an answer of low confidence from the summary alone.</summary>
    /// <param name="first">The plan of that answer.</param>
    /// <param name="reason">The reason for the expansion.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <returns>The extended plan; without an expansion if no passage fits.</returns>
    public async Task<AnswerPlan> WidenAsync(
        AnswerPlan first, ExpandReason reason, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        using Activity? activity = LlocoDiagnostics.Activities.StartActivity("lloco.retrieve");
        QuestionContext context = await _reader.ReadAsync(first.Asked, reason, cancellationToken)
            .ConfigureAwait(false);
        return await CompleteAsync(first.Asked, context, first.Doubts, started, first.RetrieveTime, cancellationToken)
            .ConfigureAwait(false);
    }

    private async Task<AskedQuestion> SettleAsync(string question, AskOptions options, CancellationToken cancellationToken)
    {
        EnsureUsable(options);
        string search = Conversation.ForSearch(question, options);
        ChosenDocuments chosen = options.Context == ContextMode.None || options.ContextText is not null || StandsAlone(options)
            ? ChosenDocuments.None
            : await _chooser.ChooseAsync(
                search, options, options.TopK ?? settings.TopK, cancellationToken).ConfigureAwait(false);

        // Adapters are trained to read summaries, so the base model is the fair baseline in the raw-text modes.
        string? adapter = AdapterChoice.Choose(
            layers.Decoder, options.Adapter, options.Context == ContextMode.Summary ? chosen.Group : null);
        EncodedPrompt prompt = layers.EncodePrompt(question, adapter, begins: options.Context != ContextMode.Summary);
        int keyValues = CountKeyValues(adapter);
        PrefixFrame frame = options.Context == ContextMode.Summary && keyValues == 0 ? layers.Frame : PrefixFrame.None;
        GenerationOptions generation = options.Generation ?? settings.Generation;
        return new AskedQuestion
        {
            Text = question,
            Search = search,
            Options = options,
            Generation = generation,
            Expand = options.Expand ?? settings.Expand,
            DoubtPolicy = options.DoubtPolicy ?? settings.DoubtPolicy,
            Policy = options.WindowPolicy ?? settings.WindowPolicy,
            Chosen = chosen,
            Adapter = adapter,
            KeyValues = keyValues,
            Frame = frame,
            Prompt = prompt,
            Budget = new WindowBudget(layers.Decoder.NativeWindow)
            {
                Prefix = keyValues + frame.Once,
                Prompt = MayReadRaw(options) ? prompt.CountAroundRaw : prompt.Count,
                Answer = generation.MaxNewTokens,
                RawText = Conversation.EncodeInstructions(options, layers.Tokenizer).Count,
            },
            Contents = new DocumentContents(layers.Index, layers.Decoder.Fingerprint),
        };
    }

    private static bool MayReadRaw(AskOptions options) =>
        options.Context is not (ContextMode.None or ContextMode.Summary) || options.History.Count > 0
        || !string.IsNullOrWhiteSpace(options.Instructions);

    private int CountKeyValues(string? adapter) => (layers.Decoder as IKeyValueReader)?.CountKeyValues(adapter) ?? 0;

    /// <summary>Whether the adapter brings all that is read: keys and values, and no document is asked for besides.</summary>
    private bool StandsAlone(AskOptions options) =>
        options is { Context: ContextMode.Summary, Group: null, DocumentIds.Count: 0 } && CountKeyValues(options.Adapter) > 0;

    private async Task<AnswerPlan> CompleteAsync(
        AskedQuestion asked, QuestionContext read, IReadOnlyList<Doubt> doubts, long started, TimeSpan before,
        CancellationToken cancellationToken)
    {
        QuestionContext context = read with
        {
            Sources = await _places.FindAsync(read.Sources, asked.Contents, cancellationToken).ConfigureAwait(false),
        };
        TimeSpan time = before + Stopwatch.GetElapsedTime(started);
        int[] prompt = asked.Prompt.Join(context.RawText);
        Log.QuestionPlanned(
            logger, asked.Chosen.Documents.Count, asked.Chosen.Group, asked.Adapter, context.SummaryVectors, prompt.Length);
        return new AnswerPlan(asked, context, new DecodeRequest(context.Prefix, prompt, asked.Adapter, asked.Generation), time)
        {
            Doubts = doubts,
        };
    }

    private async Task<IReadOnlyList<DocumentRecord>> FindAsync(AskedQuestion asked, CancellationToken cancellationToken)
    {
        var records = new List<DocumentRecord>();
        foreach (ChosenDocument document in asked.Chosen.Documents)
        {
            // One that was deleted meanwhile is noticed, and told, where its vectors are loaded.
            if (await layers.Index.FindAsync(document.Id, cancellationToken).ConfigureAwait(false) is { } record)
            {
                records.Add(record);
            }
        }

        return records;
    }

    private async Task<IReadOnlyList<Doubt>> JudgeAsync(
        AskedQuestion asked, IReadOnlyList<DocumentRecord> records, CancellationToken cancellationToken)
    {
        var doubts = new List<Doubt>();
        if (asked.Options.Context == ContextMode.Summary && asked.Chosen.Documents.Count > 0)
        {
            IEnumerable<string> groups = asked.Chosen.Group is { } group ? [group] : records.Select(record => record.Group).Distinct();
            doubts.AddRange(groups.SelectMany(one => _judge.JudgeReader(asked.Adapter, one)));
            doubts.AddRange(_judge.JudgeQuestion(asked.Text, asked.Adapter));
        }

        foreach (DocumentRecord record in records)
        {
            DocumentFamiliarity? familiarity =
                await layers.Index.LoadFamiliarityAsync(record.Id, cancellationToken).ConfigureAwait(false);
            doubts.AddRange(_judge.JudgeText(DocumentParts.DocumentOf(record.Id), familiarity, asked.Adapter));
            if (record.IsMarked && asked.Options.Context == ContextMode.Summary)
            {
                doubts.Add(DoubtJudge.Marked(DocumentParts.DocumentOf(record.Id)));
            }
        }

        return doubts;
    }

    private static ExpandReason? ReasonToExpand(
        AskedQuestion asked, IReadOnlyList<DocumentRecord> records, IReadOnlyList<Doubt> doubts) => asked.Expand.When switch
    {
        ExpandWhen.Always => ExpandReason.Asked,
        ExpandWhen.Auto when records.Any(record => record.IsMarked || record.Fidelity < asked.Expand.MinFidelity) =>
            ExpandReason.LowFidelity,
        _ => asked.DoubtPolicy == DoubtPolicy.Expand && doubts.Count > 0 ? ExpandReason.Doubt : null,
    };

    private void EnsureUsable(AskOptions options)
    {
        OptionsFaults.ThrowIfAny(options, "question's options");
        if ((options.DoubtPolicy ?? settings.DoubtPolicy) == DoubtPolicy.HandOver && settings.TextFallback is null)
        {
            throw new LlocoException("A question whose answer is in doubt is to be handed over (DoubtPolicy.HandOver), but there is "
                + "nobody to hand it to. Name a model (UseTextFallback).");
        }

        if (options is { ContextText: not null, Context: ContextMode.None or ContextMode.Summary })
        {
            throw new LlocoException(
                "ContextText is read in the raw-text modes only (AskOptions.Context). Ingest the text to ask its summary.");
        }
    }
}
