using System.Diagnostics;
using System.Runtime.CompilerServices;
using LLoCO.Core.Decoding;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Trust;
using Microsoft.Extensions.Logging;

namespace LLoCO.Core.Pipeline;

/// <summary>Answers questions: plan, decode, text as it comes.</summary>
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
        var answer = new LlocoAnswer(
            text.Shown, reason, plan.Group, plan.Request.Adapter, plan.Sources,
            new AnswerTokens(plan.RawTokens, plan.SummaryVectors, plan.Request.Prompt.Length, record.Generated),
            record.Answered(plan))
        {
            Confidence = confidence.Read(layers.FindCalibration(plan.Request.Adapter, options.Context.ToString())),
        };
        Log.QuestionAnswered(
            logger, record.Generated, answer.Times.FirstToken.TotalSeconds, answer.Times.Total.TotalSeconds);
        Log.QuestionContent(logger, question, answer.Text);
        yield return new AnswerUpdate(rest, answer);
    }
}
