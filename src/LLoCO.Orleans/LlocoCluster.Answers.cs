using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Orleans.Answers;
using LLoCO.Orleans.Storage;

namespace LLoCO.Orleans;

/// <content>Questions.</content>
public sealed partial class LlocoCluster
{
    private const int Tries = 3;

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(10);

    /// <summary>Answers a question on the silo that has its documents' prefix and the adapter. If that silo dies, another one answers.</summary>
    /// <param name="question">The question; not empty.</param>
    /// <param name="options">How to answer it; the silos' defaults with <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the answer on the silo, too.</param>
    /// <returns>The answer, as the pipeline of the silo gives it.</returns>
    /// <exception cref="ClusterBusyException">The silo has as many questions as it may have.</exception>
    /// <exception cref="LlocoException">There is nothing to answer from, or an option names what is not there.</exception>
    public async Task<LlocoAnswer> AskAsync(
        string question, AskOptions? options = null, CancellationToken cancellationToken = default)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                LlocoAnswer? answer = null;
                await foreach (AnswerUpdate update in AskStreamingAsync(question, options, cancellationToken).ConfigureAwait(false))
                {
                    answer = update.Answer ?? answer;
                }

                return answer!;
            }
            catch (SiloLostException) when (attempt < Tries)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Streams an answer. The silo keeps what was not read yet; it ends the answer if nobody reads for a minute.</summary>
    /// <param name="question">The question; not empty.</param>
    /// <param name="options">How to answer it; the silos' defaults with <see langword="null"/>.</param>
    /// <param name="cancellationToken">Ends the answer on the silo, too, as leaving the enumeration does.</param>
    /// <returns>Pieces of text as they come; the last update carries the whole answer.</returns>
    /// <exception cref="ClusterBusyException">The silo has as many questions as it may have.</exception>
    /// <exception cref="SiloLostException">The silo died. Asking again asks another one.</exception>
    /// <exception cref="LlocoException">There is nothing to answer from, or an option names what is not there.</exception>
    public async IAsyncEnumerable<AnswerUpdate> AskStreamingAsync(
        string question, AskOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(question);
        options ??= new AskOptions();
        var id = Guid.NewGuid();
        IAnswerGrain grain = await BeginAsync(id, question, options, cancellationToken).ConfigureAwait(false);
        var text = new StringBuilder();
        bool hasEnded = false;
        try
        {
            while (!hasEnded)
            {
                AnswerPart part = await TryAsync(grain.ReadAsync(id, text.Length, Beat), cancellationToken).ConfigureAwait(false);
                text.Append(part.Text);
                hasEnded = part.Answer is not null || part.Fault is not null;
                if (part.Fault is not null)
                {
                    throw part.IsLost ? new SiloLostException(part.Fault) : new LlocoException(part.Fault);
                }

                if (part.Text.Length > 0 || hasEnded)
                {
                    yield return new AnswerUpdate(
                        part.Text,
                        part.Answer is null ? null : JsonSerializer.Deserialize<LlocoAnswer>(part.Answer, LlocoJson.Options));
                }
            }
        }
        finally
        {
            if (!hasEnded)
            {
                // A call that is given up does not end the work; this does.
                _ = grain.StopAsync(id).ContinueWith(
                    static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }
    }

    private static async Task<T> TryAsync<T>(Task<T> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not (LlocoException or OperationCanceledException))
        {
            throw new SiloLostException($"The silo that answered was lost: {error.Message} Ask again.", error);
        }
    }

    private async Task<IAnswerGrain> BeginAsync(Guid id, string question, AskOptions options, CancellationToken cancellationToken)
    {
        string key = await TryAsync(
            _client.GetGrain<IRouterGrain>(0).RouteAsync(question, options.Group, options.DocumentIds, options.Adapter), cancellationToken)
            .ConfigureAwait(false);
        IAnswerGrain grain = _client.GetGrain<IAnswerGrain>(key);
        var request = new AnswerRequest(
            id, question, JsonSerializer.Serialize(options, StoreJson.Options), LongestAnswer.TotalSeconds);
        await TryAsync(Begin(), cancellationToken).ConfigureAwait(false);
        return grain;

        async Task<bool> Begin()
        {
            await grain.BeginAsync(request).ConfigureAwait(false);
            return true;
        }
    }
}
