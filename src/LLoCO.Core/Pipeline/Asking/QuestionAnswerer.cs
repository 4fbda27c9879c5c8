using System.Diagnostics;
using System.Runtime.CompilerServices;
using LLoCO.Core.Decoding;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Trust;
using Microsoft.Extensions.Logging;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Answers questions: plans, decodes and streams the text. Repeats this with raw passages if the confidence of the first
/// answer is too low.</summary>
internal sealed class QuestionAnswerer(PipelineLayers layers, PipelineSettings settings, ILogger logger)
{
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
        LlocoAnswer? first = null;
        ExpandOptions expand = plan.Asked.Expand;
        if (options.Context == ContextMode.Summary && expand.When == ExpandWhen.Auto && plan.Context.Expansion is null)
        {
            await foreach (AnswerUpdate update in DecodeAsync(plan, record, cancellationToken).ConfigureAwait(false))
            {
                first = update.Answer;
            }

            AnswerPlan? wider = first!.Confidence.Value >= expand.MinConfidence
                ? null
                : await record.GuardAsync(_planner.WidenAsync(plan, cancellationToken)).ConfigureAwait(false);
            if (wider?.Context.Expansion is not { } expansion)
            {
                Report(plan, question, record, first);
                yield return new AnswerUpdate(first.Text, first);
                yield break;
            }

            plan = wider with { Context = wider.Context with { Expansion = expansion with { First = first } } };
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

    private async IAsyncEnumerable<AnswerUpdate> DecodeAsync(
        AnswerPlan plan, QuestionRecord record, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var text = new AnswerText(layers.Tokenizer, plan.Request.Options.StopStrings);
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
        yield return new AnswerUpdate(rest, new LlocoAnswer(
            text.Shown, reason, plan.Group, plan.Request.Adapter, plan.Context.Sources,
            new AnswerTokens(plan.Context.DocumentTokens, plan.Context.SummaryVectors, plan.Request.Prompt.Length, record.Generated)
            {
                FirstAttempt = plan.Context.Expansion?.First is { } first ? first.Tokens.Summary + first.Tokens.Prompt : 0,
            },
            record.Times(plan))
        {
            Confidence = confidence.Read(layers.FindCalibration(plan.Request.Adapter, plan.CalibrationContext)),
            Expansion = plan.Context.Expansion,
        });
    }

    private void Report(AnswerPlan plan, string question, QuestionRecord record, LlocoAnswer answer)
    {
        record.Answered(plan, answer.Times);
        Log.QuestionAnswered(
            logger, answer.Tokens.Generated, answer.Times.FirstToken.TotalSeconds, answer.Times.Total.TotalSeconds);
        Log.QuestionContent(logger, question, answer.Text);
    }
}
