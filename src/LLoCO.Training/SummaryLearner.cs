using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>
/// The differentiable forward passes of training: compression of segments behind earlier summaries (AutoCompressors, arXiv
/// 2305.14788) and the loss of items behind a prefix. The caller owns the dispose scope and the optimizer.
/// </summary>
internal sealed class SummaryLearner(LlamaModel model)
{
    /// <summary>Compresses documents segment by segment.</summary>
    /// <param name="places">For each place in the documents, the segments there; same rows throughout.</param>
    /// <returns>Summary embeddings, <c>[rows, places * summary length, hidden]</c>.</returns>
    /// <remarks>Each pass sees earlier summaries through their keys and values. Gradients flow into the pass before, through the
    /// last summary given as input, and no further.</remarks>
    internal Tensor Compress(IReadOnlyList<SegmentBatch> places)
    {
        using var earlier = new DifferentiableKeyValues(model.Config.Layers);
        var summaries = new List<Tensor>();
        foreach (SegmentBatch segments in places)
        {
            summaries.Add(Read(segments, summaries.Count > 0 ? summaries[^1] : null, earlier).Summary!);
        }

        return cat(summaries.ToArray(), 1);
    }

    /// <summary>Runs items behind prefixes.</summary>
    /// <param name="prefix">Prefix vectors, <c>[rows, prefix, hidden]</c>.</param>
    /// <param name="prefixValid">Boolean <c>[rows, prefix]</c>, or <see langword="null"/> where no place is padding.</param>
    /// <param name="prefixLengths">Int64 <c>[rows, 1]</c>: positions of each row's prefix.</param>
    /// <param name="batch">The items.</param>
    /// <param name="adapter">The adapter, or <see langword="null"/>.</param>
    /// <returns>Logits at the places whose next token is learned, <c>[places, vocabulary]</c>.</returns>
    internal Tensor Logits(Tensor prefix, Tensor? prefixValid, Tensor prefixLengths, ItemBatch batch, LoraAdapter? adapter)
    {
        long rows = prefix.size(0);
        long length = prefix.size(1);
        Tensor before = HeldNumbers.Range(0, length, prefix.device).expand(rows, length);
        Tensor start = batch.Seen is null ? prefixLengths : where(batch.Seen.Below(0), prefixLengths, batch.Seen);
        Tensor positions = cat([before, batch.Positions.Plus(start)], 1);

        // No mask is needed: padding comes last, so no token attends to it. Causal attention needs no mask in memory.
        bool plain = prefixValid is null && batch.OneItemPerRow && batch.Seen is null;
        var pass = new ForwardPass(positions, length + batch.Width + 1)
        {
            Mask = plain ? null : Added(BlockMask(cat([Blocks(prefix, prefixValid), batch.Blocks], 1), batch.Seen)),
            Causal = plain,
            Adapter = adapter,
        };
        Tensor hidden = model.Forward(cat([prefix, model.Embed(batch.Ids)], 1), pass);
        Tensor items = hidden.narrow(1, length, batch.Width).reshape(rows * batch.Width, -1);
        return model.Logits(items.index_select(0, batch.LossPlaces));
    }

    /// <summary>Reads one segment of several documents behind their earlier summaries, and summarises it.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="last">The summary of the segment before, <c>[rows, summary length, hidden]</c>, as input: gradients flow
    /// into it. <see langword="null"/> at the start.</param>
    /// <param name="earlier">Keys and values of the summaries before that; the last one's are added.</param>
    /// <param name="adapter">The adapter, or <see langword="null"/>.</param>
    /// <returns>Final-norm outputs at the tokens, from which the next tokens are predicted, and the summary; none where the model
    /// has no summary embeddings.</returns>
    internal SegmentOutput Read(
        SegmentBatch segments, Tensor? last, DifferentiableKeyValues earlier, LoraAdapter? adapter = null)
    {
        Device device = segments.Ids.device;
        long rows = segments.Ids.size(0);
        long width = segments.Ids.size(1);
        long summary = model.Config.SummaryLength;
        long stored = earlier.Length;
        long given = last?.size(1) ?? 0;
        Tensor embedded = model.Embed(segments.Ids);
        var parts = new List<Tensor>();
        if (last is not null)
        {
            parts.Add(last);
        }

        parts.Add(embedded);
        if (summary > 0)
        {
            parts.Add(model.Weights.SummaryEmbedding!.to(embedded.dtype).expand(rows, summary, -1));
        }

        Tensor positions = cat(
            [
                HeldNumbers.Range(stored, stored + given + width, device).expand(rows, given + width),
                segments.Lengths.Plus(HeldNumbers.Range(stored + given, stored + given + summary, device).view(1, summary)),
            ],
            1);
        long length = given + width + summary;
        EnsureSameAngles(earlier, stored + length);
        bool plain = stored == 0 && !segments.Padded;
        var pass = new ForwardPass(positions, stored + length)
        {
            Mask = plain ? null : Added(ReadMask(segments, stored, given, summary)),
            Causal = plain,
            Cache = earlier,
            Adapter = adapter,
        };
        Tensor hidden = model.Forward(cat(parts.ToArray(), 1), pass);
        earlier.Commit(given);
        return new SegmentOutput(
            hidden.narrow(1, given, width), summary > 0 ? hidden.narrow(1, given + width, summary) : null);
    }

    /// <summary>Keys that carry gradients are not computed anew where longrope asks for other angles.</summary>
    private void EnsureSameAngles(DifferentiableKeyValues earlier, long length)
    {
        RopeScaling scaling = model.Config.RopeScaling;
        if (earlier.Length > 0 && scaling.IsLong(length) != earlier.IsLong)
        {
            throw new LlocoException(
                $"A segment ends at position {length}, on the other side of original_max_position_embeddings "
                + $"({scaling.OriginalMaxPositions}) than an earlier one of its document; longrope rotates the two by other angles. Train with "
                + "segments of one length, or with shorter ones");
        }
    }

    /// <summary>A mask as what is added to scores: given as booleans, libtorch would make this anew for every layer, and keep
    /// all of them for the backward pass.</summary>
    private Tensor Added(Tensor mask)
    {
        using Tensor hidden = mask.logical_not();
        Tensor added = zeros(mask.shape, dtype: model.Weights.Type, device: mask.device);
        mask.Dispose();
        return added.Fill(hidden, double.NegativeInfinity);
    }

    /// <summary>Causal behind the stored places; padding is seen by itself only.</summary>
    private static Tensor ReadMask(SegmentBatch segments, long stored, long given, long summary)
    {
        Device device = segments.Ids.device;
        long rows = segments.Ids.size(0);
        long length = given + segments.Ids.size(1) + summary;
        Tensor causal = ones([length, stored + length], dtype: ScalarType.Bool, device: device).tril(stored).unsqueeze(0);
        if (!segments.Padded)
        {
            return causal.unsqueeze(1);
        }

        Tensor always = ones([rows, stored + given], dtype: ScalarType.Bool, device: device);
        Tensor valid = cat([always, segments.Valid, ones([rows, summary], dtype: ScalarType.Bool, device: device)], 1);
        Tensor self = eye(length, stored + length, dtype: ScalarType.Bool, device: device).roll([stored], [1]);
        return causal.logical_and(valid.unsqueeze(1)).logical_or(self.unsqueeze(0)).unsqueeze(1);
    }

    /// <summary>Zero for places of the prefix, -1 for its padding.</summary>
    private static Tensor Blocks(Tensor prefix, Tensor? valid) => valid is null
        ? zeros([prefix.size(0), prefix.size(1)], dtype: ScalarType.Int64, device: prefix.device)
        : valid.to(ScalarType.Int64).Minus(1);

    /// <summary>Who sees whom: earlier places of the prefix or of the same item, and always oneself; of the prefix only so many
    /// places from its start where <paramref name="seen"/> says so.</summary>
    private static Tensor BlockMask(Tensor blocks, Tensor? seen)
    {
        long length = blocks.size(1);
        Tensor keys = blocks.unsqueeze(1);
        Tensor same = keys.eq(blocks.unsqueeze(2));
        Tensor prefix = keys.Matches(0);
        if (seen is not null)
        {
            Tensor reach = nn.functional.pad(seen, [length - seen.size(1), 0], value: -1).unsqueeze(2);
            Tensor places = HeldNumbers.Range(0, length, blocks.device).view(1, 1, length);
            prefix = prefix.logical_and(reach.Below(0).logical_or(places.lt(reach)));
        }

        Tensor causal = ones([length, length], dtype: ScalarType.Bool, device: blocks.device).tril();
        return same.logical_or(prefix).logical_and(causal).unsqueeze(1);
    }
}
