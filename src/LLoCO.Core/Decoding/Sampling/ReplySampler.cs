using System.Text;
using LLoCO.Core.Tokenization;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Decoding.Sampling;

/// <summary>Generates several texts, one after the other, from one prompt that is prefilled once. Used on the model's thread
/// only.</summary>
/// <param name="session">The session, the prompt fed; disposed with this object.</param>
/// <param name="positions">Positions of the prompt.</param>
/// <param name="logits">Logits after the prompt.</param>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="options">Temperature, nucleus and most tokens; a text ends with the tokenizer's end tokens too.</param>
internal sealed class ReplySampler(
    DecodeSession session, int positions, float[] logits, ITokenizer tokenizer, GenerationOptions options) : IDisposable
{
    /// <summary>Feeds a prompt.</summary>
    /// <param name="session">An empty session with room for the prompt and one text.</param>
    /// <param name="prompt">The prompt's ids.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="options">How to write.</param>
    internal static ReplySampler Begin(
        DecodeSession session, ReadOnlySpan<int> prompt, ITokenizer tokenizer, GenerationOptions options)
    {
        try
        {
            return new ReplySampler(session, prompt.Length, session.FeedTokens(prompt), tokenizer, options);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Writes a text.</summary>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="greedyAfter">After this text, decoding is greedy; from the start if it is empty; <see langword="null"/> to
    /// sample all tokens.</param>
    /// <param name="top">How many of the likeliest tokens are recorded at each position; only after
    /// <paramref name="greedyAfter"/>, if it is given.</param>
    /// <returns>The text, and its tokens, the end token included.</returns>
    internal (string Text, IReadOnlyList<SampledToken> Tokens) Write(int seed, string? greedyAfter, int top)
    {
        session.Truncate(positions);
        KnownTokens known = KnownTokens.Create(tokenizer, tokenizer.EndOfSequenceIds);
        var drawing = new TokenSampler(options with { Seed = seed }, known);
        var greedy = new TokenSampler(new GenerationOptions(), known);
        var words = new IncrementalDetokenizer(tokenizer);
        var text = new StringBuilder();
        var tokens = new List<SampledToken>();
        float[] next = logits;
        bool sure = greedyAfter?.Length == 0;
        while (true)
        {
            (int id, float logProbability) = (sure ? greedy : drawing).Next(next);
            (int[] ids, float[] likeliest) = sure || greedyAfter is null ? TopLogits.Select(next, top) : ([], []);
            tokens.Add(new SampledToken(id, text.Length, logProbability, ids, likeliest));
            text.Append(words.Append(id));
            if (tokenizer.EndOfSequenceIds.Contains(id) || tokens.Count == options.MaxNewTokens)
            {
                return (text.Append(words.Flush()).ToString(), tokens);
            }

            sure |= greedyAfter is not null && text.ToString().Contains(greedyAfter, StringComparison.Ordinal);
            using DisposeScope scope = NewDisposeScope();
            next = session.FeedTokens([id]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => session.Dispose();
}

/// <summary>A generated token, and the likeliest tokens at its position.</summary>
/// <param name="Id">The token.</param>
/// <param name="Start">Index of its first character in the text.</param>
/// <param name="LogProbability">Its natural-log probability.</param>
/// <param name="TopIds">The likeliest tokens; may be empty.</param>
/// <param name="TopLogProbabilities">Their natural-log probabilities.</param>
internal readonly record struct SampledToken(
    int Id, int Start, float LogProbability, int[] TopIds, float[] TopLogProbabilities);
