using System.Runtime.CompilerServices;
using LLoCO.Core.Decoding;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>Answers with a text made of the request, so that a test sees what reached the decoder.</summary>
internal sealed class EchoDecoder(ModelFingerprint fingerprint, params string[] adapters) : IAnswerDecoder
{
    private int _started;
    private int _ended;

    public ModelFingerprint Fingerprint => fingerprint;

    public int NativeWindow { get; init; } = 4096;

    public IReadOnlyCollection<string> Adapters => adapters;

    /// <summary>Gets the text of the answer; the documents and the adapter by default.</summary>
    public Func<DecodeRequest, string> Answer { get; init; } = request =>
        $" [{string.Join('+', request.Prefix.Select(one => one.DocumentId))}|{request.Adapter ?? "base"}] ";

    /// <summary>Gets the log-probability of a token, by its number; -0.5 by default.</summary>
    public Func<DecodeRequest, int, float> LogProbability { get; init; } = (_, _) => -0.5f;

    /// <summary>Gets what happens before each token, by its number.</summary>
    public Action<int>? BeforeToken { get; init; }

    /// <summary>Gets what each token waits for, by its number, until its request is cancelled.</summary>
    public Func<int, CancellationToken, Task>? Hold { get; init; }

    /// <summary>Gets whether it ends without a finish reason, as it must not.</summary>
    public bool Unfinished { get; init; }

    /// <summary>Gets the last request.</summary>
    public DecodeRequest? LastRequest { get; private set; }

    /// <summary>Gets how many answers have begun.</summary>
    public int Started => Volatile.Read(ref _started);

    /// <summary>Gets how many answers have ended, by themselves or because nobody reads them any more.</summary>
    public int Ended => Volatile.Read(ref _ended);

    public async IAsyncEnumerable<DecodeStep> DecodeAsync(
        DecodeRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        new WindowBudget(NativeWindow)
        {
            Prefix = request.Prefix.Sum(one => one.Count),
            Prompt = request.Prompt.Length,
            Answer = request.Options.MaxNewTokens,
        }.EnsureFits();

        LastRequest = request;
        Interlocked.Increment(ref _started);
        int[] ids = [.. new CharacterTokenizer().Encode(Answer(request)), CharacterTokenizer.EndId];
        try
        {
            for (int i = 0; i < ids.Length; i++)
            {
                await Task.Yield();
                BeforeToken?.Invoke(i);
                await (Hold?.Invoke(i, cancellationToken) ?? Task.CompletedTask);
                cancellationToken.ThrowIfCancellationRequested();
                bool last = i + 1 == request.Options.MaxNewTokens;
                FinishReason? finish = Unfinished ? null
                    : i == ids.Length - 1 ? FinishReason.Stop
                    : last ? FinishReason.Length
                    : null;
                yield return new DecodeStep(ids[i], LogProbability(request, i), finish);
                if (finish is not null)
                {
                    yield break;
                }
            }
        }
        finally
        {
            Interlocked.Increment(ref _ended);
        }
    }

    /// <summary>The prompt of the last request as text.</summary>
    public string LastPrompt => new CharacterTokenizer().Decode(LastRequest!.Prompt.ToArray());
}
