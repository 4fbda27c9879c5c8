using System.Diagnostics;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Measures one question and publishes its outcome, whether it is answered, fails or is cancelled.</summary>
internal sealed class QuestionRecord : IDisposable
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Activity? _activity = LlocoDiagnostics.Activities.StartActivity("lloco.ask");
    private TimeSpan _firstToken;
    private Exception? _failure;
    private string _outcome = "cancelled";

    /// <summary>Gets the tokens generated so far.</summary>
    public int Generated { get; private set; }

    /// <summary>Waits for a step and records a failure.</summary>
    public async Task<T> GuardAsync<T>(Task<T> step)
    {
        try
        {
            return await step.ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Failed(error);
            throw;
        }
    }

    /// <summary>Runs a step and records a failure.</summary>
    public T Guard<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception error)
        {
            Failed(error);
            throw;
        }
    }

    /// <inheritdoc cref="GuardAsync{T}(Task{T})"/>
    public Task<T> GuardAsync<T>(ValueTask<T> step) => GuardAsync(step.AsTask());

    /// <summary>Records a failure.</summary>
    /// <param name="error">The error.</param>
    /// <returns>The same error, to be thrown.</returns>
    public Exception Failed(Exception error)
    {
        _outcome = "failed";
        _failure = error;
        return error;
    }

    /// <summary>Opens the activity of the decoder.</summary>
    /// <remarks>The parent is given, since the current activity does not outlive a <c>yield</c>.</remarks>
    public Activity? StartDecode() => LlocoDiagnostics.Activities.StartActivity(
        "lloco.decode", ActivityKind.Internal, _activity?.Context ?? default);

    /// <summary>Counts a token; the first one is timed.</summary>
    public void CountToken()
    {
        if (Generated++ == 0)
        {
            _firstToken = Stopwatch.GetElapsedTime(_started);
        }
    }

    /// <summary>Discards the tokens of a first answer that is not used; its time still counts.</summary>
    public void Restart() => Generated = 0;

    /// <summary>Reads the times.</summary>
    /// <param name="plan">The plan that was carried out.</param>
    public AnswerTimes Times(AnswerPlan plan) => new(plan.RetrieveTime, _firstToken, Stopwatch.GetElapsedTime(_started));

    /// <summary>Records the answer.</summary>
    /// <param name="plan">The plan that was carried out.</param>
    /// <param name="times">Its times.</param>
    public void Answered(AnswerPlan plan, AnswerTimes times)
    {
        _outcome = "answered";
        LlocoDiagnostics.RetrieveDuration.Record(times.Retrieve.TotalSeconds);
        LlocoDiagnostics.FirstToken.Record(times.FirstToken.TotalSeconds);
        CountTokens("raw", plan.Context.DocumentTokens);
        CountTokens("summary", plan.Context.SummaryVectors);
        CountTokens("prompt", plan.Request.Prompt.Length);
        CountTokens("generated", Generated);
        _activity?.SetTag("lloco.group", plan.Group);
        _activity?.SetTag("lloco.adapter", plan.Request.Adapter);
        _activity?.SetTag("lloco.tokens.summary", plan.Context.SummaryVectors);
        _activity?.SetTag("lloco.tokens.generated", Generated);
        _activity?.SetTag("lloco.expanded", plan.Context.Expansion?.Reason.ToString().ToLowerInvariant());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        var outcome = new KeyValuePair<string, object?>("outcome", _outcome);
        LlocoDiagnostics.Questions.Add(1, outcome);
        LlocoDiagnostics.AskDuration.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, outcome);
        _activity?.SetTag("lloco.outcome", _outcome);
        if (_failure is not null)
        {
            _activity?.SetStatus(ActivityStatusCode.Error, _failure.GetType().Name);
        }

        _activity?.Dispose();
    }

    private static void CountTokens(string kind, int tokens) =>
        LlocoDiagnostics.AskTokens.Add(tokens, new KeyValuePair<string, object?>("kind", kind));
}
