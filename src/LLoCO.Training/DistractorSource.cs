using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Numerics;
using LLoCO.Evaluation.Synth;

namespace LLoCO.Training;

/*
 *   epoch 0:   [ B | A ]   [ D | C ]   [ E ]          epoch 1:   [ C | B ]   [ E | A ]   [ D ]
 *               questions   questions   questions
 *               about A, B  about C, D  about E
 *
 * The documents are dealt into sets anew in each epoch, and every question stands behind its whole set: the right document and
 * others, in random order (joint training of per-document memories with distractors, arXiv 2606.04557). Questions of a set share
 * their prefix, so an epoch pays for each document once, as without distractors.
 */

/// <summary>Puts other documents beside the one that a question is about, so that an adapter learns to find it among those that
/// retrieval returns.</summary>
/// <param name="inner">Examples of one group with at most one document each.</param>
/// <param name="distractors">The most other documents in a prefix; each set draws its number evenly from none to this.</param>
/// <param name="window">Most positions of an example; sets that would take more are smaller.</param>
/// <param name="seed">Seed of the sets.</param>
internal sealed class DistractorSource(IAdapterExampleSource inner, int distractors, int window, long seed)
    : IAdapterExampleSource
{
    private AdapterExample[] _examples = [];
    private int _epoch = -1;

    /// <inheritdoc/>
    public int Count => inner.Count;

    /// <inheritdoc/>
    public AdapterExample Get(int index, int epoch)
    {
        if (epoch != _epoch)
        {
            _examples = Deal(epoch);
            _epoch = epoch;
        }

        return _examples[index];
    }

    private AdapterExample[] Deal(int epoch)
    {
        AdapterExample[] alone = [.. Enumerable.Range(0, inner.Count).Select(index => inner.Get(index, epoch))];
        if (alone.FirstOrDefault(example => example.Documents.Count > 1) is { } several)
        {
            throw new LlocoException(
                $"The example '{several.Id}' has {several.Documents.Count} documents; distractors need an example with one.");
        }

        // What a question takes besides its documents, the longest of all: then every question fits behind every set.
        int room = new WindowBudget(window)
        {
            Prompt = alone.Max(example => example.Positions - example.Documents.Sum(document => document.Count)),
        }.Room;
        SummaryEmbeddings[] documents =
            [.. alone.SelectMany(example => example.Documents).DistinctBy(document => document.DocumentId)];
        SeededRandom random = SeededRandom.For(seed, $"distractors/{epoch}");
        random.Shuffle(documents);
        var sets = new Dictionary<string, SummaryEmbeddings[]>(StringComparer.Ordinal);
        for (int first = 0; first < documents.Length;)
        {
            SummaryEmbeddings[] set = Set(documents.AsSpan(first), 1 + random.Next(distractors + 1), room);
            foreach (SummaryEmbeddings document in set)
            {
                sets.Add(document.DocumentId, set);
            }

            first += set.Length;
        }

        return [.. alone.Select(example =>
            example.Documents.Count == 0 ? example : example with { Documents = sets[example.Documents[0].DocumentId] })];
    }

    /// <summary>The next documents, as many as are wanted and fit; at least one.</summary>
    private static SummaryEmbeddings[] Set(ReadOnlySpan<SummaryEmbeddings> documents, int wanted, int room)
    {
        int count = 1;
        int vectors = documents[0].Count;
        while (count < Math.Min(wanted, documents.Length) && vectors + documents[count].Count <= room)
        {
            vectors += documents[count].Count;
            count++;
        }

        return [.. documents[..count]];
    }
}
