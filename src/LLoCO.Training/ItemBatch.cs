using static TorchSharp.torch;

namespace LLoCO.Training;

/*
 *  row:   prefix (summary embeddings or raw tokens) | item 1 | item 2 | ... | padding
 *  block:                  0                        |   1    |   2    |     |  -1
 *
 * Each token sees the prefix and its own item, and each item's positions go on where the prefix ends: to the model every item
 * stands alone behind the document. The prefix is paid for once, and no item can be answered by elimination. An item may stand
 * behind a first part of the prefix: since all is causal, that part is what a shorter document would have given.
 */

/// <summary>Items behind prefixes, as one batch of rows.</summary>
internal sealed class ItemBatch
{
    private ItemBatch(
        Tensor ids, Tensor positions, Tensor blocks, Tensor? seen, Tensor places, Tensor labels, Tensor weights, string?[] targets,
        int width)
    {
        Ids = ids;
        Positions = positions;
        Blocks = blocks;
        Seen = seen;
        LossPlaces = places;
        Labels = labels;
        Weights = weights;
        Targets = targets;
        Width = width;
    }

    /// <summary>Gets the ids, int64 <c>[rows, width]</c>.</summary>
    internal Tensor Ids { get; }

    /// <summary>Gets positions counted from the end of the prefix, int64 <c>[rows, width]</c>.</summary>
    internal Tensor Positions { get; }

    /// <summary>Gets the number of the item that each token belongs to, from 1; -1 for padding. Int64 <c>[rows,
    /// width]</c>.</summary>
    internal Tensor Blocks { get; }

    /// <summary>Gets the places of the prefix that each token sees, -1 for all of them, int64 <c>[rows, width]</c>;
    /// <see langword="null"/> where every item sees the whole prefix.</summary>
    internal Tensor? Seen { get; }

    /// <summary>Gets the places whose next token is learned, as <c>row * width + column</c>, int64.</summary>
    internal Tensor LossPlaces { get; }

    /// <summary>Gets the tokens to predict there, int64.</summary>
    internal Tensor Labels { get; }

    /// <summary>Gets their weights, float32.</summary>
    internal Tensor Weights { get; }

    /// <summary>Gets for each of those places the kind of item where it looks a fact up, <see langword="null"/> where it does
    /// not.</summary>
    internal IReadOnlyList<string?> Targets { get; }

    /// <summary>Gets the tokens per row.</summary>
    internal int Width { get; }

    /// <summary>Gets whether no row holds two items: then every token sees all before it.</summary>
    internal bool OneItemPerRow { get; private init; }

    /// <summary>The kind under which a prediction counts: of a value's first token the item's, of its other tokens that with a
    /// plus.</summary>
    private static string? KindAt(TrainingItem item, int place) =>
        place == item.Target ? item.Kind
        : item.Target >= 0 && place > item.Target && place < item.Target + item.TargetLength ? item.Kind + "+"
        : null;

    /// <summary>Lays items out in rows.</summary>
    /// <param name="rows">The items of each row.</param>
    /// <param name="device">Where the model is; the CPU by default.</param>
    internal static ItemBatch From(IReadOnlyList<IReadOnlyList<TrainingItem>> rows, Device? device = null)
    {
        int width = Math.Max(1, rows.Max(items => items.Sum(item => item.Ids.Length)));
        long[] ids = new long[rows.Count * width];
        long[] positions = new long[ids.Length];
        long[] blocks = new long[ids.Length];
        long[] seen = new long[ids.Length];
        Array.Fill(blocks, -1);
        Array.Fill(seen, -1);
        var places = new List<long>();
        var labels = new List<long>();
        var weights = new List<float>();
        var targets = new List<string?>();
        for (int row = 0; row < rows.Count; row++)
        {
            int place = row * width;
            for (int number = 0; number < rows[row].Count; number++)
            {
                TrainingItem item = rows[row][number];
                for (int i = 0; i < item.Ids.Length; i++, place++)
                {
                    ids[place] = item.Ids[i];
                    positions[place] = i;
                    blocks[place] = number + 1;
                    seen[place] = item.Seen ?? -1;
                    if (i > 0 && item.Weights[i] > 0)
                    {
                        places.Add(place - 1);
                        labels.Add(item.Ids[i]);
                        weights.Add(item.Weights[i]);
                        targets.Add(KindAt(item, i));
                    }
                }
            }
        }

        long[] shape = [rows.Count, width];
        return new ItemBatch(
            tensor(ids, shape, device: device), tensor(positions, shape, device: device), tensor(blocks, shape, device: device),
            rows.Any(items => items.Any(item => item.Seen is not null)) ? tensor(seen, shape, device: device) : null,
            tensor(places.ToArray(), device: device), tensor(labels.ToArray(), device: device),
            tensor(weights.ToArray(), device: device), targets.ToArray(), width)
        {
            OneItemPerRow = rows.All(items => items.Count <= 1),
        };
    }
}
