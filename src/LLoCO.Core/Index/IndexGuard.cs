using LLoCO.Core.Compression;
using LLoCO.Core.Trust;

namespace LLoCO.Core.Index;

/// <summary>Checks that all indexes share, with the same messages.</summary>
internal static class IndexGuard
{
    /// <summary>Most characters of an id or group: as many as a summary cache can name a document with.</summary>
    public const int MaxNameLength = DocumentName.MaxLength;

    /// <summary>Refuses ids and group names that cannot be stored and shown as they are.</summary>
    /// <param name="name">The id or group.</param>
    /// <param name="what">What it is, for the message.</param>
    /// <exception cref="LlocoException">It is empty or too long, or holds a control character or half a surrogate
    /// pair.</exception>
    public static void CheckName(string name, string what)
    {
        ArgumentNullException.ThrowIfNull(name, what);
        if (name.Length > MaxNameLength)
        {
            throw new LlocoException(
                $"The {what} '{name[..40]}…' has {name.Length} characters; at most {MaxNameLength} can be kept. Give it a shorter "
                + "name.");
        }

        if (name.Length == 0 || name.Any(char.IsControl) || FindLoneSurrogate(name) >= 0)
        {
            throw new LlocoException(
                $"The {what} '{name}' is empty or holds a control character or half a surrogate pair. Give it another name.");
        }
    }

    /// <summary>Refuses a document with inconsistent parts.</summary>
    /// <param name="document">The document.</param>
    /// <exception cref="LlocoException">A part is missing or does not fit; the message says which.</exception>
    public static void Check(IndexedDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        CheckName(document.Id, "document id");
        CheckName(document.Group, "group");
        Check(document.Id, document.TokenHashes, document.Summary);
        if (document.Tokens != document.Summary.RawTokens)
        {
            throw Refusal(document.Id, $"it has {document.Tokens} tokens, but its segments hold {document.Summary.RawTokens}");
        }

        if (SummaryPayload.FindNonFinite(document.Summary) is int vector)
        {
            throw Refusal(document.Id, $"summary vector {vector} holds a number that is none (NaN or infinite)");
        }

        if (document.Fidelity is { } fidelity)
        {
            CheckFidelity(document, fidelity);
        }

        if (document.Familiarity is { } known
            && (!double.IsFinite(known.PiecesPerWord) || known.Loss is { } loss && !double.IsFinite(loss)
                || known.Unknown.Values.Any(share => share is not (>= 0 and <= 1))))
        {
            throw Refusal(document.Id, "its familiarity has a figure that is no number, or a share outside 0 to 1");
        }

        int width = document.Passages.Count == 0 ? 0 : document.Passages[0].Vector.Length;
        for (int i = 0; i < document.Passages.Count; i++)
        {
            Passage passage = document.Passages[i];
            if (passage.Start < 0 || passage.Length < 1 || passage.Length > document.Text.Length - passage.Start)
            {
                throw Refusal(document.Id, $"passage {i} ({passage.Start}, {passage.Length}) is not inside its text of "
                    + $"{document.Text.Length} characters");
            }

            if (SplitsPair(document.Text, passage.Start) || SplitsPair(document.Text, passage.Start + passage.Length))
            {
                throw Refusal(document.Id, $"passage {i} begins or ends within a surrogate pair");
            }

            if (passage.Vector.Length != width)
            {
                throw Refusal(document.Id, $"passage {i} has a vector of {passage.Vector.Length} numbers, passage 0 of {width}");
            }

            CheckFinite(passage.Vector.Span, $"passage {i} of document '{document.Id}'");
        }
    }

    /// <summary>Refuses a checkpoint with inconsistent parts.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <exception cref="LlocoException">A part does not fit; the message says which.</exception>
    public static void Check(IngestCheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        CheckName(checkpoint.DocumentId, "document id");
        Check(checkpoint.DocumentId, checkpoint.TokenHashes, checkpoint.Summary);
    }

    /// <summary>Refuses an invalid search.</summary>
    /// <param name="query">The search.</param>
    /// <exception cref="LlocoException">Its vector contains NaN or infinity.</exception>
    public static void Check(PassageQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(query.Text);
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        CheckFinite(query.Vector.Span, "the question");
    }

    /// <summary>Refuses a dense vector of another width than the stored ones.</summary>
    /// <param name="width">The vector's width.</param>
    /// <param name="stored">The width in the index, or <see langword="null"/> if it has no vectors.</param>
    /// <exception cref="LlocoException">The two differ.</exception>
    public static void CheckWidth(int width, int? stored)
    {
        if (stored is int other && width != other)
        {
            throw new LlocoException(
                $"The dense vector has {width} numbers, those in the index have {other}. Use the embedding model that the index "
                + "was made with, or ingest again with this one.");
        }
    }

    /// <summary>Finds a surrogate without its other half.</summary>
    /// <param name="text">Any text.</param>
    /// <returns>Its index, or -1.</returns>
    public static int FindLoneSurrogate(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return i;
            }

            i++;
        }

        return -1;
    }

    private static void Check(string id, IReadOnlyList<string> tokenHashes, SummaryEmbeddings summary)
    {
        if (summary.DocumentId != id)
        {
            throw Refusal(id, $"its summary embeddings are those of '{summary.DocumentId}'");
        }

        if (tokenHashes.Count != summary.Segments.Count)
        {
            throw Refusal(id, $"it has {tokenHashes.Count} token hashes for {summary.Segments.Count} segments");
        }

        SummaryPayload.EnsureLength(summary.Payload, summary.Count, summary.Width, summary.Encoding);
        SegmentMap.EnsureCovers(summary.Segments, summary.Count);
    }

    private static void CheckFidelity(IndexedDocument document, DocumentFidelity fidelity)
    {
        IEnumerable<int> all = Enumerable.Range(0, document.Summary.Segments.Count);
        if (!fidelity.Segments.Select(segment => segment.Index).SequenceEqual(all))
        {
            throw Refusal(document.Id, "its fidelity is not one of each of its segments in order");
        }

        IEnumerable<double> shares = fidelity.Segments.SelectMany(segment => new[] { segment.Score, segment.Agreement })
            .Append(fidelity.Score).Append(fidelity.Agreement);
        IEnumerable<double> logs = fidelity.Segments.SelectMany(
            segment => new[] { segment.Raw, segment.Summary, segment.Nothing });
        if (shares.Any(share => share is not (>= 0 and <= 1)) || !logs.All(double.IsFinite))
        {
            throw Refusal(document.Id, "its fidelity has a share outside 0 to 1, or a log-probability that is no number");
        }
    }

    private static void CheckFinite(ReadOnlySpan<float> vector, string owner)
    {
        foreach (float value in vector)
        {
            if (!float.IsFinite(value))
            {
                throw new LlocoException($"The dense vector of {owner} holds {value}. Check the embedding model.");
            }
        }
    }

    private static bool SplitsPair(string text, int at) =>
        at > 0 && at < text.Length && char.IsSurrogatePair(text[at - 1], text[at]);

    private static LlocoException Refusal(string id, string fault) =>
        new($"Document '{id}' cannot be put into the index: {fault}.");
}
