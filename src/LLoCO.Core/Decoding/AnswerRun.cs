using System.Threading.Channels;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Decoding;

/// <summary>Token after token of one answer, and when it ends. Used on the model's thread only.</summary>
internal sealed class AnswerRun : IDisposable
{
    private readonly DecodeSession _session;
    private readonly GenerationOptions _options;
    private readonly TokenSampler _sampler;
    private readonly HashSet<int> _endIds;
    private readonly StopStringWatch? _watch;
    private float[]? _promptLogits;
    private int _unfed;
    private int _generated;

    /// <summary>Begins to answer: feeds the prompt.</summary>
    /// <param name="session">The session, its prefix fed; disposed with this object.</param>
    /// <param name="prompt">The prompt's ids.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="endIds">Ids that end every answer.</param>
    /// <param name="tokenizer">Needed for stop strings only.</param>
    internal AnswerRun(
        DecodeSession session,
        ReadOnlySpan<int> prompt,
        GenerationOptions options,
        IEnumerable<int> endIds,
        ITokenizer? tokenizer)
    {
        _session = session;
        _options = options;
        _sampler = new TokenSampler(options);
        _sampler.Observe(prompt);
        _endIds = [.. endIds, .. options.StopTokenIds];
        _watch = options.StopStrings.Count == 0 ? null : new StopStringWatch(tokenizer!, options.StopStrings);
        _promptLogits = session.FeedTokens(prompt);
    }

    /// <summary>Gets whether the answer has ended.</summary>
    internal bool Ended { get; private set; }

    /// <summary>Generates tokens until the answer ends, the reader is behind, or somebody else waits for the model.</summary>
    /// <param name="steps">Takes the tokens.</param>
    /// <param name="goOn">Whether the reader has room for another token and nobody else waits.</param>
    /// <param name="cancellationToken">Checked before each token.</param>
    internal void Advance(ChannelWriter<DecodeStep> steps, Func<bool> goOn, CancellationToken cancellationToken)
    {
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = TorchSharp.torch.NewDisposeScope();
            DecodeStep step = Next();
            if (!steps.TryWrite(step))
            {
                throw new InvalidOperationException("An answer's token was generated without room for it in the stream.");
            }
        }
        while (!Ended && goOn());
    }

    /// <summary>Generates one token.</summary>
    internal DecodeStep Next()
    {
        ReadOnlySpan<float> logits = _promptLogits ?? _session.FeedToken(_unfed);
        _promptLogits = null;
        (int id, float logProbability) = _sampler.Next(logits);
        _unfed = id;
        _generated++;
        FinishReason? finish = _endIds.Contains(id) || (_watch?.Sees(id) ?? false) ? FinishReason.Stop
            : _generated >= _options.MaxNewTokens ? FinishReason.Length
            : null;
        Ended = finish is not null;
        return new DecodeStep(id, logProbability, finish);
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
