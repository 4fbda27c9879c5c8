using System.Text.Json;
using LLoCO.Core;
using LLoCO.Orleans.Storage;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace LLoCO.Orleans.Answers;

/// <summary>Answers on the pipeline of its silo, whose prefix cache has what this grain's questions read.</summary>
/// <param name="pipeline">The silo's pipeline.</param>
/// <param name="questions">The questions of the silo.</param>
/// <param name="adapters">The adapters of the silo.</param>
[Reentrant]
[LoadedPlacement]
[CollectionAgeLimit(Minutes = 10)]
internal sealed class AnswerGrain(LlocoPipeline pipeline, QuestionCount questions, AdapterShelf adapters) : Grain, IAnswerGrain
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestUnread = TimeSpan.FromSeconds(60);

    private readonly Dictionary<Guid, RunningAnswer> _running = [];

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(RemoveUnreadAsync, new() { DueTime = Sweep, Period = Sweep, Interleave = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task BeginAsync(AnswerRequest request)
    {
        if (_running.ContainsKey(request.Id))
        {
            return;
        }

        questions.Enter();
        AskOptions options;
        try
        {
            options = JsonSerializer.Deserialize<AskOptions>(request.Options, StoreJson.Options) ?? new AskOptions();
            await adapters.LoadAsync(AnswerKey.AdapterOf(this.GetPrimaryKeyString())).ConfigureAwait(true);
        }
        catch
        {
            questions.Leave();
            throw;
        }

        var answer = new RunningAnswer(TimeSpan.FromSeconds(request.Seconds));
        _running[request.Id] = answer;

        answer.Start(pipeline, request.Question, options, questions.Leave);
    }

    /// <inheritdoc/>
    public async Task<AnswerPart> ReadAsync(Guid id, int from, TimeSpan longest)
    {
        if (!_running.TryGetValue(id, out RunningAnswer? answer))
        {
            return new AnswerPart(string.Empty, null, "The silo does not know the question: it was restarted, or nobody read for a minute.")
            {
                IsLost = true,
            };
        }

        AnswerPart part = await answer.ReadAsync(from, longest).ConfigureAwait(true);
        if (part.Answer is not null || part.Fault is not null)
        {
            Remove(id);
        }

        return part;
    }

    /// <inheritdoc/>
    public async Task StopAsync(Guid id)
    {
        if (_running.TryGetValue(id, out RunningAnswer? answer))
        {
            await answer.StopAsync().ConfigureAwait(true);
        }
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        foreach (RunningAnswer answer in _running.Values.ToArray())
        {
            await answer.StopAsync().ConfigureAwait(true);
        }
    }

    private async Task RemoveUnreadAsync(CancellationToken cancellationToken)
    {
        foreach ((Guid id, RunningAnswer answer) in _running.Where(one => one.Value.Unread > LongestUnread).ToArray())
        {
            await answer.StopAsync().ConfigureAwait(true);
            if (answer.HasEnded)
            {
                Remove(id);
            }
        }
    }

    private void Remove(Guid id)
    {
        if (_running.Remove(id, out RunningAnswer? answer))
        {
            answer.Dispose();
        }
    }
}
