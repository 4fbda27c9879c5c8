using LLoCO.Core.Numerics;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training.Memories;

/*
 *   A = softmax(Q K' f)                      what each reference query reads of each token
 *   chosen   the tokens with the most of it
 *   b >= 0   A[:, chosen] b ≈ 1              the slots' mass is that of all tokens:     bias = ln b
 *   C        (A[:, chosen] b, each row to 1) C ≈ A V      what is read of the slots is what is read of all tokens
 *
 * Both fits are held to the tokens as they are (b = 1, C = V[chosen]) by a ridge: what no query tells of stays as it was, and with as
 * many slots as tokens that is the exact solution.
 */

/// <summary>Slots of one key/value head (attention matching, arXiv 2602.16284), computed in the format of the numbers given; the
/// equations are solved in float64.</summary>
/// <param name="options">How.</param>
internal sealed class AttentionMatching(KeyValueMemoryOptions options)
{
    private const int Sinks = 4;
    private const double LeastShare = 1e-12;

    /// <summary>Chooses and fits the slots.</summary>
    /// <param name="keys">Rotated keys, <c>[tokens, head]</c>.</param>
    /// <param name="values">Values, same shape.</param>
    /// <param name="asked">What the head was asked.</param>
    /// <param name="slots">How many; at most the tokens.</param>
    /// <returns>The slots in order of worth: keys and values <c>[slots, head]</c>, biases <c>[slots]</c>.</returns>
    internal (Tensor Keys, Tensor Values, Tensor Biases) Match(Tensor keys, Tensor values, ReferenceQueries asked, int slots)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor chosen = Choose(keys, asked, slots);
        Tensor slotKeys = keys.index_select(0, chosen);
        Tensor slotValues = values.index_select(0, chosen);
        Tensor biases = zeros([slots], dtype: keys.dtype);
        if (options.Choice == SlotChoice.Attention && slots < keys.size(0))
        {
            Tensor own = asked.Share(slotKeys);
            Tensor weights = FitWeights(own);
            Tensor scaled = own * weights.to(keys.dtype);
            scaled = scaled / scaled.sum([-1L], keepdim: true).RaisedTo(LeastShare);
            slotValues = FitValues(scaled, asked.Read, slotValues).to(keys.dtype);
            biases = weights.RaisedTo(LeastShare).log().to(keys.dtype);
        }

        return (slotKeys.MoveToOuterDisposeScope(), slotValues.MoveToOuterDisposeScope(), biases.MoveToOuterDisposeScope());
    }

    private Tensor Choose(Tensor keys, ReferenceQueries asked, int slots)
    {
        int tokens = (int)keys.size(0);
        switch (options.Choice)
        {
            case SlotChoice.First:
                return Places(Enumerable.Range(0, slots));
            case SlotChoice.Last:
                return Places(Enumerable.Range(0, slots).Select(i => tokens - 1 - i));
            case SlotChoice.Streaming:
                IEnumerable<int> last = Enumerable.Range(0, tokens).Select(i => tokens - 1 - i);
                return Places(Enumerable.Range(0, Math.Min(Sinks, tokens)).Concat(last).Distinct().Take(slots));
            case SlotChoice.Random:
                int[] drawn = [.. Enumerable.Range(0, tokens)];
                new SeededRandom((ulong)tokens).Shuffle(drawn);
                return Places(drawn.Take(slots));
            default:
                return asked.Weigh(keys, options.Worth).topk(slots).indexes;
        }
    }

    /// <summary>What each slot stands for: so many times itself.</summary>
    private Tensor FitWeights(Tensor shares)
    {
        Tensor wide = shares.to(ScalarType.Float64);
        (Tensor gram, Tensor ridge) = Gram(wide);
        return NonNegativeLeastSquares.Solve(gram, wide.sum([0L]).Plus(ridge));
    }

    private Tensor FitValues(Tensor shares, Tensor read, Tensor own)
    {
        (Tensor gram, Tensor ridge) = Gram(shares.to(ScalarType.Float64));
        Tensor right = mm(shares.t(), read).to(ScalarType.Float64).Plus(own.to(ScalarType.Float64) * ridge);
        return right.cholesky_solve(linalg.cholesky(gram));
    }

    private (Tensor Gram, Tensor Ridge) Gram(Tensor shares)
    {
        Tensor gram = mm(shares.t(), shares);
        Tensor ridge = gram.diagonal().mean().Times(options.Ridge);
        return (gram.Plus(diag(ridge.expand(gram.size(0)))), ridge);
    }

    private static Tensor Places(IEnumerable<int> places) =>
        tensor(places.Select(place => (long)place).ToArray(), dtype: ScalarType.Int64);
}
