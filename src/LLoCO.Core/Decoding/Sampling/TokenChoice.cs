using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Decoding.Sampling;

/// <summary>Chooses the tokens of one answer from the logits, and decides when it ends.</summary>
internal sealed class TokenChoice
{
    private readonly GenerationOptions _options;
    private readonly TokenSampler _sampler;
    private readonly HashSet<int> _endIds;
    private readonly StopStringWatch? _watch;
    private int _generated;

    /// <summary>Begins an answer.</summary>
    /// <param name="prompt">The prompt's ids.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="endIds">Ids that end every answer.</param>
    /// <param name="tokenizer">Finds stop strings and knows which ids have a piece; without one all ids may be chosen.</param>
    internal TokenChoice(
        ReadOnlySpan<int> prompt, GenerationOptions options, IEnumerable<int> endIds, ITokenizer? tokenizer)
    {
        _options = options;
        _endIds = [.. endIds, .. options.StopTokenIds];
        _sampler = new TokenSampler(options, KnownTokens.Create(tokenizer, _endIds));
        _sampler.Observe(prompt);
        _watch = options.StopStrings.Count == 0 ? null : new StopStringWatch(tokenizer!, options.StopStrings);
    }

    /// <summary>Gets whether the answer has ended.</summary>
    internal bool Ended { get; private set; }

    /// <summary>Gets the token that was chosen last.</summary>
    internal int Last { get; private set; }

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">One logit per id.</param>
    internal DecodeStep Next(ReadOnlySpan<float> logits)
    {
        (int id, float logProbability) = _sampler.Next(logits);
        Last = id;
        _generated++;
        FinishReason? finish = _endIds.Contains(id) || (_watch?.Sees(id) ?? false) ? FinishReason.Stop
            : _generated >= _options.MaxNewTokens ? FinishReason.Length
            : null;
        Ended = finish is not null;
        return new DecodeStep(id, logProbability, finish);
    }
}
