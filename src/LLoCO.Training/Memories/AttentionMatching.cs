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
    private const long BlockQueries = 128;
    private const double LeastShare = 1e-12;

    /// <summary>Chooses and fits the slots.</summary>
    /// <param name="keys">Rotated keys, <c>[tokens, head]</c>.</param>
    /// <param name="values">Values, same shape.</param>
    /// <param name="queries">Rotated reference queries, <c>[queries, head]</c>; all see all tokens.</param>
    /// <param name="factor">The factor of the scores.</param>
    /// <param name="slots">How many; at most the tokens.</param>
    /// <returns>The slots in order of worth: keys and values <c>[slots, head]</c>, biases <c>[slots]</c>.</returns>
    internal (Tensor Keys, Tensor Values, Tensor Biases) Match(Tensor keys, Tensor values, Tensor queries, double factor, int slots)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor[] shares = Share(keys, queries, factor);
        Tensor chosen = Choose(shares, slots);
        Tensor slotKeys = keys.index_select(0, chosen);
        Tensor slotValues = values.index_select(0, chosen);
        Tensor biases = zeros([slots], dtype: keys.dtype);
        if (options.Choice == SlotChoice.Attention && slots < keys.size(0))
        {
            Tensor own = cat([.. shares.Select(block => block.index_select(1, chosen))], 0);
            Tensor weights = FitWeights(own);
            Tensor scaled = own * weights.to(keys.dtype);
            scaled = scaled / scaled.sum([-1L], keepdim: true).RaisedTo(LeastShare);
            Tensor read = cat([.. shares.Select(block => mm(block, values))], 0);
            slotValues = FitValues(scaled, read, slotValues).to(keys.dtype);
            biases = weights.RaisedTo(LeastShare).log().to(keys.dtype);
        }

        return (slotKeys.MoveToOuterDisposeScope(), slotValues.MoveToOuterDisposeScope(), biases.MoveToOuterDisposeScope());
    }

    /// <summary>What each query reads of each token, some queries at a time: what is computed of a block stays in the processor's cache,
    /// and only one matrix as large as all is held.</summary>
    private static Tensor[] Share(Tensor keys, Tensor queries, double factor)
    {
        Tensor scaled = queries.Times(factor);
        Tensor turned = keys.t();
        var blocks = new List<Tensor>();
        for (long start = 0; start < scaled.size(0); start += BlockQueries)
        {
            using Tensor scores = mm(scaled.narrow(0, start, Math.Min(BlockQueries, scaled.size(0) - start)), turned);
            blocks.Add(nn.functional.softmax(scores, -1));
        }

        return [.. blocks];
    }

    private Tensor Choose(Tensor[] shares, int slots)
    {
        int tokens = (int)shares[0].size(1);
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
                Tensor worth = stack([.. shares.Select(block => options.Worth switch
                {
                    SlotWorth.Max => block.amax([0]),
                    SlotWorth.Mean => block.sum([0L]),
                    _ => (block * block).sum([0L]),
                })]);
                return (options.Worth == SlotWorth.Max ? worth.amax([0]) : worth.sum([0L])).topk(slots).indexes;
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
        return linalg.solve(gram, right);
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
