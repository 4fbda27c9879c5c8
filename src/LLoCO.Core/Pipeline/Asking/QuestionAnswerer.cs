using System.Diagnostics;
using System.Runtime.CompilerServices;
using LLoCO.Core.Decoding;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Trust;
using Microsoft.Extensions.Logging;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Answers questions: plans, decodes and streams the text. Repeats this with raw passages if the first answer has too low a
/// confidence, and follows the doubt policy if it is in doubt.</summary>
internal sealed class QuestionAnswerer(PipelineLayers layers, PipelineSettings settings, ILogger logger)
{
    private const int MaxPassages = 8;

    private readonly AnswerPlanner _planner = new(layers, settings, logger);

    /// <summary>Streams an answer.</summary>
    /// <param name="question">The question.</param>
    /// <param name="options">How to answer it.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    /// <returns>Pieces of text; the last update carries the whole answer.</returns>
    public async IAsyncEnumerable<AnswerUpdate> AskAsync(
        string question, AskOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var record = new QuestionRecord();
        AnswerPlan plan = await record.GuardAsync(_planner.PlanAsync(question, options, cancellationToken)).ConfigureAwait(false);
        while (!Streams(plan))
        {
            LlocoAnswer? answer = plan.Doubts.Count > 0 && EndsInDoubt(plan)
                ? null
                : await record.GuardAsync(ReadWholeAsync(plan, record, cancellationToken)).ConfigureAwait(false);
            if ((answer?.Grounding.Doubts ?? plan.Doubts) is { Count: > 0 } doubts && EndsInDoubt(plan))
            {
                answer = plan.Asked.DoubtPolicy == DoubtPolicy.HandOver
                    ? await record.GuardAsync(HandOverAsync(plan, record, cancellationToken)).ConfigureAwait(false)
                    : throw record.Failed(new DoubtfulAnswerException(doubts));
            }

            AnswerPlan? wider = await record.GuardAsync(WidenAsync(plan, answer!, cancellationToken)).ConfigureAwait(false);
            if (wider is null)
            {
                Report(plan, question, record, answer!);
                yield return new AnswerUpdate(answer!.Text, answer);
                yield break;
            }

            plan = wider;
            record.Restart();
        }

        await foreach (AnswerUpdate update in DecodeAsync(plan, record, cancellationToken).ConfigureAwait(false))
        {
            if (update.Answer is { } answer)
            {
                Report(plan, question, record, answer);
            }

            yield return update;
        }
    }

    /// <summary>Whether a doubt ends the question rather than being told with its answer.</summary>
    private static bool EndsInDoubt(AnswerPlan plan) => plan.Asked.DoubtPolicy is DoubtPolicy.Refuse or DoubtPolicy.HandOver;

    private static bool MayWiden(AnswerPlan plan) =>
        plan.Asked.Options.Context == ContextMode.Summary && plan.Context.Expansion is null
        && (plan.Asked.Expand.When == ExpandWhen.Auto || plan.Asked.DoubtPolicy == DoubtPolicy.Expand);

    /// <summary>Whether the text may be streamed, because no later step can replace the answer.</summary>
    private static bool Streams(AnswerPlan plan) => !EndsInDoubt(plan) && !MayWiden(plan);

    private async Task<LlocoAnswer> ReadWholeAsync(AnswerPlan plan, QuestionRecord record, CancellationToken cancellationToken)
    {
        LlocoAnswer? answer = null;
        await foreach (AnswerUpdate update in DecodeAsync(plan, record, cancellationToken).ConfigureAwait(false))
        {
            answer = update.Answer;
        }

        return answer!;
    }

    /// <summary>Plans a second reading, with raw passages, of a question whose first answer is not to be trusted.</summary>
    /// <returns>The plan; <see langword="null"/> where the first answer counts.</returns>
    private async Task<AnswerPlan?> WidenAsync(AnswerPlan plan, LlocoAnswer answer, CancellationToken cancellationToken)
    {
        ExpandOptions expand = plan.Asked.Expand;
        ExpandReason? reason = !MayWiden(plan) || answer.IsHandedOver ? null
            : expand.When == ExpandWhen.Auto && answer.Confidence.Value < expand.MinConfidence ? ExpandReason.LowConfidence
            : plan.Asked.DoubtPolicy == DoubtPolicy.Expand && answer.Grounding.Doubts.Count > 0 ? ExpandReason.Doubt
            : null;
        AnswerPlan? wider = reason is { } given
            ? await _planner.WidenAsync(plan, given, cancellationToken).ConfigureAwait(false)
            : null;
        return wider?.Context.Expansion is { } expansion
            ? wider with { Context = wider.Context with { Expansion = expansion with { First = answer } } }
            : null;
    }

    private async Task<LlocoAnswer> HandOverAsync(AnswerPlan plan, QuestionRecord record, CancellationToken cancellationToken)
    {
        IReadOnlyList<AnswerSource> passages = [.. plan.Context.Sources.Take(MaxPassages)];
        string text = await settings.TextFallback!.AnswerAsync(plan.Asked.Text, passages, cancellationToken).ConfigureAwait(false)
            ?? throw new LlocoException("The model to which a question was handed over gave nothing (ITextFallback.AnswerAsync).");
        text = text.Trim();
        (bool? isIn, AnswerSource? source) = GroundingCheck.Find(text, passages);
        return new LlocoAnswer(
            text, FinishReason.Stop, plan.Group, null, plan.Context.Sources, default, record.Times(plan))
        {
            IsHandedOver = true,
            Grounding = new AnswerGrounding { IsInPassages = isIn, Source = source, Doubts = NotGrounded(isIn) },
        };
    }

    private static Doubt[] NotGrounded(bool? isIn) => isIn == false
        ? [new Doubt(DoubtReason.NotGrounded, "the answer stands in none of the passages that were found")]
        : [];

    private static AnswerGrounding Judge(AnswerPlan plan, string text, AnswerConfidence confidence)
    {
        (bool? isIn, AnswerSource? source) = GroundingCheck.Find(text, plan.Context.Sources);
        return new AnswerGrounding
        {
            IsInPassages = isIn,
            Source = source,
            Probability = confidence.Calibrated,
            Doubts = [.. plan.Doubts, .. NotGrounded(isIn)],
        };
    }

    private async IAsyncEnumerable<AnswerUpdate> DecodeAsync(
        AnswerPlan plan, QuestionRecord record, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var text = new AnswerText(
            layers.Tokenizer, plan.Request.Options.StopStrings, layers.Prompts.MarkOf(plan.Request.Adapter));
        using Activity? activity = record.StartDecode();
        await using IAsyncEnumerator<DecodeStep> steps =
            record.Guard(() => layers.Decoder.DecodeAsync(plan.Request, cancellationToken)).GetAsyncEnumerator(cancellationToken);
        var confidence = new ConfidenceMeter();
        FinishReason? finish = null;
        while (finish is null && await record.GuardAsync(steps.MoveNextAsync()).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            record.CountToken();
            DecodeStep step = steps.Current;
            confidence.Add(step.LogProbability);
            string piece = text.Add(step.TokenId);
            finish = text.Stopped ? FinishReason.Stop : step.Finish;
            if (piece.Length > 0)
            {
                yield return new AnswerUpdate(piece);
            }
        }

        if (finish is not { } reason)
        {
            throw record.Failed(new InvalidOperationException(
                "The decoder ended without a finish reason: its last step must carry one (IAnswerDecoder.DecodeAsync)."));
        }

        string rest = text.Complete();

        // A calibration speaks of documents like those it was fitted on, and of no others.
        AnswerConfidence sure = confidence.Read(plan.Doubts.Count > 0
            ? null
            : layers.FindCalibration(plan.Request.Adapter, plan.CalibrationContext));
        yield return new AnswerUpdate(rest, new LlocoAnswer(
            text.Shown, reason, plan.Group, plan.Request.Adapter, plan.Context.Sources,
            new AnswerTokens(plan.Context.DocumentTokens, plan.Context.SummaryVectors, plan.Request.Prompt.Length, record.Generated)
            {
                FirstAttempt = plan.Context.Expansion?.First is { } first ? first.Tokens.Summary + first.Tokens.Prompt : 0,
            },
            record.Times(plan))
        {
            Confidence = sure,
            Grounding = Judge(plan, text.Shown, sure),
            Expansion = plan.Context.Expansion,
            TurnsRead = plan.Context.Turns,
        });
    }

    private void Report(AnswerPlan plan, string question, QuestionRecord record, LlocoAnswer answer)
    {
        record.Answered(plan, answer.Times);
        Log.QuestionAnswered(
            logger, answer.Tokens.Generated, answer.Times.FirstToken.TotalSeconds, answer.Times.Total.TotalSeconds);
        if (answer.Grounding.Doubts.Count > 0)
        {
            // The reasons only: their words may be the question's.
            Log.AnswerInDoubt(logger, string.Join(", ", answer.Grounding.Doubts.Select(doubt => doubt.Reason).Distinct()));
        }

        Log.QuestionContent(logger, question, answer.Text);
    }
}
