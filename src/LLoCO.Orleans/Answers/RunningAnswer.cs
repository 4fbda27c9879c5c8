using System.Diagnostics;
using System.Text;
using System.Text.Json;
using LLoCO.Core;

namespace LLoCO.Orleans.Answers;

/// <summary>An answer in progress: its text grows on one thread, and is read on others in parts of whatever is there. Safe for concurrent
/// use.</summary>
internal sealed class RunningAnswer : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly CancellationTokenSource _stop;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _answer;
    private string? _fault;
    private long _read = Stopwatch.GetTimestamp();

    /// <summary>Creates an answer without text.</summary>
    /// <param name="longest">How long it may take.</param>
    public RunningAnswer(TimeSpan longest) => _stop = new CancellationTokenSource(longest);

    /// <summary>Gets whether it has ended.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_lock)
            {
                return _answer is not null || _fault is not null;
            }
        }
    }

    /// <summary>Gets how long nobody has read.</summary>
    public TimeSpan Unread => Stopwatch.GetElapsedTime(Interlocked.Read(ref _read));

    /// <summary>Generates it to its end; a failure is part of what is read. It runs on the pool: planning a question takes a while, and the
    /// scheduler of a grain is for those who read.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="question">The question.</param>
    /// <param name="options">How to answer it.</param>
    /// <param name="ended">Called at its end.</param>
    public void Start(LlocoPipeline pipeline, string question, AskOptions options, Action ended) => _ = Task.Run(async () =>
    {
        await RunAsync(pipeline, question, options).ConfigureAwait(false);
        ended();
    });

    private async Task RunAsync(LlocoPipeline pipeline, string question, AskOptions options)
    {
        try
        {
            await foreach (AnswerUpdate update in pipeline.AskStreamingAsync(question, options, _stop.Token).ConfigureAwait(false))
            {
                Tell(update.Text, update.Answer is { } answer ? JsonSerializer.Serialize(answer, LlocoJson.Options) : null, null);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            Tell(string.Empty, null, "The answer was ended before it was whole: it took too long, or nobody read it.");
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Tell(string.Empty, null, error.Message);
        }
    }

    /// <summary>Waits for text that the reader does not have.</summary>
    /// <param name="from">How many characters it has.</param>
    /// <param name="longest">How long to wait.</param>
    public async Task<AnswerPart> ReadAsync(int from, TimeSpan longest)
    {
        Task more;
        lock (_lock)
        {
            Interlocked.Exchange(ref _read, Stopwatch.GetTimestamp());
            more = _text.Length > from || _answer is not null || _fault is not null ? Task.CompletedTask : _more.Task;
        }

        await Task.WhenAny(more, Task.Delay(longest)).ConfigureAwait(false);
        lock (_lock)
        {
            Interlocked.Exchange(ref _read, Stopwatch.GetTimestamp());
            int start = Math.Clamp(from, 0, _text.Length);
            return new AnswerPart(_text.ToString(start, _text.Length - start), _answer, _fault);
        }
    }

    /// <summary>Ends it before the next token.</summary>
    public Task StopAsync() => _stop.CancelAsync();

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private void Tell(string text, string? answer, string? fault)
    {
        TaskCompletionSource told;
        lock (_lock)
        {
            _text.Append(text);
            (_answer, _fault) = (answer ?? _answer, fault ?? _fault);
            told = _more;
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        told.SetResult();
    }
}
