using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training.Memories;

/// <summary>What a head was asked about all tokens.</summary>
/// <param name="Queries">Rotated queries times the factor of the scores, <c>[queries, head]</c>.</param>
/// <param name="Read">What they read of all tokens, same shape.</param>
/// <param name="Sums">The logarithms of their sums of exponentials over all tokens, <c>[queries, 1]</c>.</param>
internal sealed record ReferenceQueries(Tensor Queries, Tensor Read, Tensor Sums)
{
    private const long Block = 128;

    /// <summary>Computes what queries read, some at a time. Tensors in the open dispose scope.</summary>
    /// <param name="queries">Rotated queries, <c>[queries, head]</c>; all see all tokens.</param>
    /// <param name="keys">Rotated keys, <c>[tokens, head]</c>.</param>
    /// <param name="values">Values, same shape.</param>
    /// <param name="factor">The factor of the scores.</param>
    internal static ReferenceQueries From(Tensor queries, Tensor keys, Tensor values, double factor)
    {
        Tensor scaled = queries.Times(factor);
        Tensor turned = keys.t();
        var read = new List<Tensor>();
        var sums = new List<Tensor>();
        for (long start = 0; start < scaled.size(0); start += Block)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor scores = mm(scaled.narrow(0, start, Math.Min(Block, scaled.size(0) - start)), turned);
            Tensor sum = scores.logsumexp(-1, keepdim: true);
            sums.Add(sum.MoveToOuterDisposeScope());
            read.Add(mm(scores.Add(sum.neg()).exp_(), values).MoveToOuterDisposeScope());
        }

        return new ReferenceQueries(scaled, cat(read, 0), cat(sums, 0));
    }

    /// <summary>What each query reads of some tokens: shares of all that it reads.</summary>
    /// <param name="keys">Their keys, <c>[tokens, head]</c>.</param>
    /// <returns><c>[queries, tokens]</c>.</returns>
    internal Tensor Share(Tensor keys) => mm(Queries, keys.t()).Add(Sums.neg()).exp_();

    /// <summary>How much is read of each token, in an order that its unit leaves as it is.</summary>
    /// <param name="keys">The keys of all tokens, <c>[tokens, head]</c>.</param>
    /// <param name="worth">How several queries are taken together.</param>
    /// <returns><c>[tokens]</c>.</returns>
    internal Tensor Weigh(Tensor keys, SlotWorth worth)
    {
        // One product gives the logarithms of the shares, or of their squares: the sums stand in a column of their own.
        using DisposeScope scope = NewDisposeScope();
        Tensor asked = cat([Queries, Sums.neg()], 1).Times(worth == SlotWorth.Rms ? 2.0 : 1.0);
        Tensor turned = cat([keys, ones([keys.size(0), 1], dtype: keys.dtype)], 1).t();
        Tensor? all = null;
        for (long start = 0; start < asked.size(0); start += Block)
        {
            using DisposeScope one = NewDisposeScope();
            Tensor logs = mm(asked.narrow(0, start, Math.Min(Block, asked.size(0) - start)), turned);
            Tensor part = worth == SlotWorth.Max ? logs.amax([0]) : logs.exp_().sum([0L]);
            all = (all is null ? part : worth == SlotWorth.Max ? maximum(all, part) : all.Add(part)).MoveToOuterDisposeScope();
        }

        return all!.MoveToOuterDisposeScope();
    }
}
