using System.Threading.Channels;
using LLoCO.Core.Decoding.Sampling;
using LLoCO.Core.Lora;

namespace LLoCO.Core.Decoding.Batching;

/// <summary>One answer: first a waiting request, then a sequence of the batch. Its reader takes steps from a bounded
/// channel.</summary>
/// <remarks>Belongs to the queue while it waits and to the model's thread from then on; only <see cref="Steps"/>,
/// <see cref="Left"/> and <see cref="MayRest"/> are for its reader.</remarks>
internal sealed class AnswerSequence
{
    private readonly DecodeRequest _request;
    private readonly LoraAdapter? _adapter;
    private readonly TokenChoice _choice;
    private readonly Channel<DecodeStep> _steps;
    private readonly int _room;
    private readonly CancellationToken _cancellationToken;

    // Code that awaits this must not continue on the model's thread.
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _registration;
    private ISequenceEngine? _engine;
    private SequenceHandle _handle;
    private int _read;

    /// <summary>Creates a sequence that has not begun.</summary>
    /// <param name="request">A checked request.</param>
    /// <param name="adapter">Its adapter.</param>
    /// <param name="choice">Chooses its tokens.</param>
    /// <param name="maxUnread">Most steps that its reader has not taken.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal AnswerSequence(
        DecodeRequest request, LoraAdapter? adapter, TokenChoice choice, int maxUnread, CancellationToken cancellationToken)
    {
        _request = request;
        _adapter = adapter;
        _choice = choice;
        _cancellationToken = cancellationToken;
        _room = Math.Min(maxUnread, request.Options.MaxNewTokens);
        _steps = Channel.CreateBounded<DecodeStep>(
            new BoundedChannelOptions(_room) { SingleReader = true, SingleWriter = true });
    }

    /// <summary>Gets the steps; they end with the answer or with the sequence's error.</summary>
    internal ChannelReader<DecodeStep> Steps => _steps.Reader;

    /// <summary>Gets a task that completes when the sequence has left the queue and the batch.</summary>
    internal Task Left => _left.Task;

    /// <summary>Gets whether a slow reader can pause the sequence. Then the batch must be told when the reader takes a
    /// step.</summary>
    internal bool MayRest => _room < _request.Options.MaxNewTokens;

    /// <summary>Gets the tokens of the prompt that are not read yet.</summary>
    internal int Unread => _request.Prompt.Length - _read;

    /// <summary>Gets the engine's handle of the answer, from <see cref="Open"/> on.</summary>
    internal SequenceHandle Handle => _handle;

    /// <summary>Gets whether the answer was cancelled or its reader has left.</summary>
    internal bool IsCancelled => _cancellationToken.IsCancellationRequested;

    /// <summary>Gets whether the reader has room for another step.</summary>
    internal bool HasRoom => _steps.Reader.Count < _room;

    /// <summary>Gets the token to feed next.</summary>
    internal SequenceToken Token => new(_handle, _choice.Last);

    /// <summary>Gets the group of sequences that can share a step with this one.</summary>
    internal SequenceGroup GroupIn(ISequenceEngine engine) => engine.GroupOf(_handle);

    /// <summary>Registers a callback for the cancellation of the sequence; called at once if it is already cancelled.</summary>
    internal void OnCancelled(Action<AnswerSequence> tell) => _registration = _cancellationToken.Register(() => tell(this));

    /// <summary>Makes room for the answer.</summary>
    internal void Open(ISequenceEngine engine)
    {
        _handle = engine.Open(_request, _adapter);
        _engine = engine;
    }

    /// <summary>Gets the next tokens of the prompt; call <see cref="MarkPrefilled"/> after their prefill.</summary>
    /// <param name="max">Maximum number of tokens.</param>
    internal PromptPart Part(int max) =>
        new(_handle, _request.Prompt.Slice(_read, Math.Min(max, Unread)), max >= Unread);

    /// <summary>Records that a part of the prompt was prefilled.</summary>
    internal void MarkPrefilled(PromptPart part) => _read += part.Ids.Length;

    /// <summary>Chooses the next token and hands it to the reader, who has room.</summary>
    /// <param name="logits">Logits of the next token.</param>
    /// <returns>Whether the answer goes on.</returns>
    internal bool Take(ReadOnlySpan<float> logits)
    {
        if (!_steps.Writer.TryWrite(_choice.Next(logits)))
        {
            throw new InvalidOperationException("An answer's token was generated without room for it in the stream.");
        }

        return !_choice.Ended;
    }

    /// <summary>Ends the sequence and releases its keys and values.</summary>
    /// <param name="error">The error that its reader gets after the steps so far; <see langword="null"/> if the answer is
    /// complete.</param>
    internal void End(Exception? error)
    {
        _registration.Unregister();
        _engine?.Close(_handle);
        _engine = null;
        _steps.Writer.TryComplete(error);
        _left.TrySetResult();
    }

    /// <summary>Ends the sequence after cancellation or when its reader has left.</summary>
    internal void EndCancelled() => End(new OperationCanceledException(_cancellationToken));
}
