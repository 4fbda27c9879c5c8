using LLoCO.Core.Families;

namespace LLoCO.Training.Probing;

/// <summary>Rows of tokens behind vectors, with what shall be predicted.</summary>
/// <param name="Batch">Rows; at least 1.</param>
/// <param name="Length">Tokens of each row; at least 1.</param>
/// <param name="Ids">Token ids, <c>[batch, length]</c>.</param>
/// <param name="Labels">Ids or <see cref="Ignored"/>, <c>[batch, length]</c>, not shifted: place t is predicted at t - 1.</param>
/// <param name="Context">Vectors in front of the tokens, <c>[batch, places, hidden]</c>; may be empty.</param>
public sealed record LabelledBatch(int Batch, int Length, long[] Ids, long[] Labels, float[] Context)
{
    /// <summary>The label of a place that is not learned: question, padding.</summary>
    public const long Ignored = AnswerLoss.Ignored;

    internal void EnsureFits(LlamaConfig config)
    {
        if (Batch < 1 || Length < 1 || Ids.Length != (long)Batch * Length || Labels.Length != Ids.Length
            || Context.Length % ((long)Batch * config.HiddenSize) != 0)
        {
            throw new ArgumentException(
                $"{Batch} rows of {Length} tokens have {Ids.Length} ids, {Labels.Length} labels and {Context.Length} numbers in front "
                + $"of them; all rows must be whole, and vectors {config.HiddenSize} wide.");
        }

        TokenIds.EnsureKnown(Ids, config);
        TokenIds.EnsureKnown(Labels, config, besides: Ignored);
    }
}
