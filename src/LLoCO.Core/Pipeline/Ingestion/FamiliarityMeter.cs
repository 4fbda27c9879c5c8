using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Trust;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>Measures how well the model knows a document's text. It costs up to eight short passes of the model; where there is
/// nothing to compare with, none.</summary>
internal sealed class FamiliarityMeter(PipelineLayers layers)
{
    // A mean over two thousand tokens is known to a tenth of a nat; more would cost as much as compression.
    private const int Stretches = 8;
    private const int StretchTokens = 256;

    /// <summary>Counts tokens per word and unknown tokens, and computes the loss.</summary>
    /// <param name="text">The document's text.</param>
    /// <param name="cut">Its segments.</param>
    /// <param name="always">Whether the loss is measured though there is no reference to compare it with.</param>
    /// <param name="cancellationToken">Checked before each stretch.</param>
    public async Task<DocumentFamiliarity> MeasureAsync(
        string text, CutDocument cut, bool always, CancellationToken cancellationToken)
    {
        int words = Math.Max(1, DocumentFamiliarity.CountWords(text));
        ModelReference? reference = layers.Reference;
        double? loss = (always || reference is not null) && layers.Decoder is IContinuationScorer scorer
            ? await LossAsync(scorer, cut, cancellationToken).ConfigureAwait(false)
            : null;
        int[] tokens = [.. cut.Segments.SelectMany(segment => segment.ToArray())];
        return new DocumentFamiliarity((double)tokens.Length / words, loss)
        {
            Unknown = reference?.Kinds.ToDictionary(
                kind => kind.Key, kind => kind.Value.ShareUnknown(tokens), StringComparer.Ordinal)
                ?? new Dictionary<string, double>(),
        };
    }

    private async Task<double?> LossAsync(IContinuationScorer scorer, CutDocument cut, CancellationToken cancellationToken)
    {
        int longest = Math.Min(StretchTokens, layers.Decoder.NativeWindow / 2);
        ReadOnlyMemory<int>[] segments = [.. cut.Segments.Where(segment => segment.Length > 1)];
        int count = Math.Min(Stretches, segments.Length);
        if (count == 0 || longest < 2)
        {
            return null;
        }

        Continuation[] stretches = [.. Enumerable.Range(0, count)
            .Select(i => segments[(int)((long)i * segments.Length / count)])
            .Select(segment => segment[..Math.Min(longest, segment.Length)])
            .Select(stretch => new Continuation(stretch[..1], stretch[1..]))];
        IReadOnlyList<ContinuationScore> scores = await scorer.ScoreAsync(
            new ScoringRequest([], default, stretches), cancellationToken).ConfigureAwait(false);
        return -scores.Sum(score => score.LogProbability) / stretches.Sum(stretch => stretch.Target.Length);
    }
}
