using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>
/// The finetuning loss of LLoCO (arXiv 2404.07979, section 3.2; reference: the original's SFT collator): next-token
/// cross-entropy on the answer's tokens only, the mean over all of them in the batch.
/// </summary>
internal static class AnswerLoss
{
    /// <summary>The label of a place that is not learned: prefix, question, padding.</summary>
    internal const long Ignored = -100;

    /// <summary>Computes the loss from all logits.</summary>
    /// <param name="logits">Float32, <c>[batch, seq, vocabulary]</c>.</param>
    /// <param name="labels">Int64 ids or <see cref="Ignored"/>, <c>[batch, seq]</c>, not shifted: place t is predicted at
    /// t - 1.</param>
    /// <returns>A scalar; NaN where no place is learned.</returns>
    internal static Tensor FromLogits(Tensor logits, Tensor labels)
    {
        long length = labels.size(1);
        Tensor predicted = logits.narrow(1, 0, length - 1).reshape(-1, logits.size(2));
        Tensor wanted = labels.narrow(1, 1, length - 1).reshape(-1);
        return nn.functional.cross_entropy(predicted, wanted, ignore_index: Ignored);
    }

    /// <summary>Computes the same loss with logits at the learned places only: the head is a large part of a small
    /// step.</summary>
    /// <param name="model">Gives the head.</param>
    /// <param name="hidden">Final-norm outputs, <c>[batch, seq, hidden]</c>.</param>
    /// <param name="labels">As in <see cref="FromLogits"/>.</param>
    /// <returns>A scalar; NaN where no place is learned.</returns>
    internal static Tensor FromHidden(LlamaModel model, Tensor hidden, Tensor labels)
    {
        long length = labels.size(1);
        Tensor wanted = labels.narrow(1, 1, length - 1).reshape(-1);
        Tensor places = wanted.Differs(Ignored).nonzero().view(-1);
        Tensor rows = hidden.narrow(1, 0, length - 1).reshape(-1, hidden.size(2)).index_select(0, places);
        return nn.functional.cross_entropy(model.Logits(rows), wanted.index_select(0, places));
    }

    /// <summary>Labels for <c>[prefix | tokens]</c>: nothing is learned at the prefix.</summary>
    /// <param name="prefix">Places of the prefix.</param>
    /// <param name="labels">Labels of the tokens, <c>[batch, tokens]</c>.</param>
    /// <returns><c>[batch, prefix + tokens]</c>.</returns>
    internal static Tensor Behind(long prefix, Tensor labels)
    {
        Tensor ignored = HeldNumbers.Full([labels.size(0), prefix], Ignored, labels.device);
        return cat([ignored, labels], 1);
    }
}
