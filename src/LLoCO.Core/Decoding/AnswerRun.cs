using LLoCO.Core.Decoding.Sampling;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Decoding;

/// <summary>Generates one answer token by token, for code that already runs on the model's thread.</summary>
internal sealed class AnswerRun : IDisposable
{
    private readonly DecodeSession _session;
    private readonly TokenChoice _choice;
    private float[]? _promptLogits;

    /// <summary>Begins to answer: feeds the prompt.</summary>
    /// <param name="session">The session, its prefix fed; disposed with this object.</param>
    /// <param name="prompt">The prompt's ids.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="endIds">Ids that end every answer.</param>
    /// <param name="tokenizer">As for <see cref="TokenChoice"/>.</param>
    internal AnswerRun(
        DecodeSession session,
        ReadOnlySpan<int> prompt,
        GenerationOptions options,
        IEnumerable<int> endIds,
        ITokenizer? tokenizer)
    {
        _session = session;
        _choice = new TokenChoice(prompt, options, endIds, tokenizer);
        _promptLogits = session.FeedTokens(prompt);
    }

    /// <summary>Gets whether the answer has ended.</summary>
    internal bool Ended => _choice.Ended;

    /// <summary>Generates one token.</summary>
    internal DecodeStep Next()
    {
        ReadOnlySpan<float> logits = _promptLogits ?? _session.FeedToken(_choice.Last);
        _promptLogits = null;
        return _choice.Next(logits);
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
