using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Decoding.Sampling;

/*
 *   logits    0 … V-1   V … N-1                         N rows of the head, V pieces of the vocabulary
 *   chosen    0 … V-1   and those behind that end an answer
 *
 * Heads are padded to round sizes, and grow by tokens that no vocabulary file lists. What stands there was never trained, or is no
 * text; a chat model's end token may be among it.
 */

/// <summary>The ids that may be chosen: those with a piece in the vocabulary, and those that end an answer.</summary>
internal sealed class KnownTokens
{
    /// <summary>All ids.</summary>
    internal static readonly KnownTokens All = new(int.MaxValue, []);

    private readonly int _pieces;
    private readonly int[] _ends;

    private KnownTokens(int pieces, int[] ends)
    {
        _pieces = pieces;
        _ends = ends;
    }

    /// <summary>Finds the ids.</summary>
    /// <param name="tokenizer">The tokenizer with the vocabulary; <see langword="null"/> if there is none.</param>
    /// <param name="endIds">Ids that end an answer.</param>
    internal static KnownTokens Create(ITokenizer? tokenizer, IEnumerable<int> endIds) => tokenizer is null
        ? All
        : new KnownTokens(tokenizer.VocabularySize, [.. endIds.Where(id => id >= tokenizer.VocabularySize).Distinct().Order()]);

    /// <summary>Takes the logits of these ids.</summary>
    /// <param name="logits">One logit per row of the head.</param>
    /// <returns>One logit per place, for <see cref="IdOf"/>.</returns>
    internal ReadOnlySpan<float> Select(ReadOnlySpan<float> logits)
    {
        if (logits.Length <= _pieces)
        {
            return logits;
        }

        ReadOnlySpan<float> pieces = logits[.._pieces];
        int count = _ends.AsSpan().IndexOfAnyInRange(logits.Length, int.MaxValue) is >= 0 and var beyond ? beyond : _ends.Length;
        if (count == 0)
        {
            return pieces;
        }

        var selected = new float[_pieces + count];
        pieces.CopyTo(selected);
        for (int i = 0; i < count; i++)
        {
            selected[_pieces + i] = logits[_ends[i]];
        }

        return selected;
    }

    /// <summary>Gives the id at a place of what <see cref="Select"/> returned.</summary>
    /// <param name="place">The place.</param>
    internal int IdOf(int place) => place < _pieces ? place : _ends[place - _pieces];
}
