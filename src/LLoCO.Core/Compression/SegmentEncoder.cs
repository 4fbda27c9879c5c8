using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using static TorchSharp.torch;

namespace LLoCO.Core.Compression;

/*
 *   inputs     [ softprompt: S vectors | segment: L token embeddings | embed_summary: M vectors ]
 *   positions    0 … S-1                 S … S+L-1                     S+L … S+L+M-1
 *   final norm   (not used)              what logits are read from     the segment's summary
 *
 * AutoCompressors (arXiv 2305.14788); reference: modeling_flash_llama.py and attention of the original, which starts every
 * segment again at position 0 and carries nothing but the softprompt from one to the next.
 */

/// <summary>Encodes one segment after a soft prompt: differentiable, in batches, with or without padding.</summary>
internal static class SegmentEncoder
{
    /// <summary>Runs the decoder over a segment.</summary>
    /// <param name="model">The model; no adapter is used while compressing.</param>
    /// <param name="softprompt">Earlier summary vectors, <c>[batch, S, hidden]</c>, or <see langword="null"/> for none.</param>
    /// <param name="ids">Int64 token ids, <c>[batch, L]</c>.</param>
    /// <param name="keep">True where a token counts, <c>[batch, L]</c>; <see langword="null"/> for all. Other tokens take no
    /// position and are not attended to.</param>
    /// <param name="summarise">Whether summary positions follow the tokens.</param>
    /// <returns>Outputs of the final norm.</returns>
    internal static SegmentOutput Encode(LlamaModel model, Tensor? softprompt, Tensor ids, Tensor? keep, bool summarise)
    {
        Tensor tokens = model.Embed(ids);
        Tensor inputs = Join(model, softprompt, tokens, summarise);
        long before = softprompt?.size(1) ?? 0;
        long count = ids.size(1);
        ForwardPass pass = keep is null
            ? ForwardPass.Consecutive(0, inputs.size(1), inputs.device)
            : Packed(keep, before, inputs.size(1) - before - count);
        Tensor hidden = model.Forward(inputs, pass);
        Tensor? summary = summarise ? hidden.narrow(1, before + count, inputs.size(1) - before - count) : null;
        return new SegmentOutput(hidden.narrow(1, before, count), summary);
    }

    /// <summary>Joins softprompt, token embeddings and summary places.</summary>
    internal static Tensor Join(LlamaModel model, Tensor? softprompt, Tensor tokens, bool summarise)
    {
        var parts = new List<Tensor>(3);
        if (softprompt is not null)
        {
            parts.Add(softprompt.to(tokens.dtype));
        }

        parts.Add(tokens);
        if (summarise)
        {
            Tensor queries = model.Weights.SummaryEmbedding
                ?? throw new LlocoException("The model has no summary embeddings (summary_length is 0); it cannot compress.");
            parts.Add(queries.unsqueeze(0).expand(tokens.size(0), -1, -1));
        }

        return cat(parts, 1);
    }

    /// <summary>A pass in which dropped tokens take no position and are attended to only by themselves.</summary>
    private static ForwardPass Packed(Tensor keep, long before, long after)
    {
        long batch = keep.size(0);
        long length = before + keep.size(1) + after;
        Tensor kept = cat(
            [
                ones([batch, before], dtype: ScalarType.Bool, device: keep.device),
                keep.to(ScalarType.Bool),
                ones([batch, after], dtype: ScalarType.Bool, device: keep.device),
            ],
            1);
        Tensor positions = kept.to(ScalarType.Int64).cumsum(1).Minus(1).RaisedTo(0);
        Tensor causal = ones([length, length], dtype: ScalarType.Bool, device: keep.device).tril();

        // A row without any attention would be NaN, and NaN times a weight of zero is NaN for all rows, so each position sees
        // itself.
        Tensor self = eye(length, dtype: ScalarType.Bool, device: keep.device);
        Tensor mask = causal.logical_and(kept.unsqueeze(1)).logical_or(self);
        return new ForwardPass(positions, length) { Mask = mask.unsqueeze(1) };
    }
}

/// <summary>The outputs of a segment's pass.</summary>
/// <param name="Tokens">Final-norm outputs at the tokens, <c>[batch, L, hidden]</c>; logits are read from them.</param>
/// <param name="Summary">The segment's summary, <c>[batch, M, hidden]</c>, if it was requested.</param>
internal readonly record struct SegmentOutput(Tensor Tokens, Tensor? Summary);
