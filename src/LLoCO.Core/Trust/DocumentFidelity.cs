namespace LLoCO.Core.Trust;

/// <summary>
/// How much of the information in a document's raw text the model can still get from the summary embeddings, measured with probes
/// when the document was ingested.
/// </summary>
/// <param name="Score">Mean over the probes of the share of information kept:
/// <c>(ln p(summary) - ln p(nothing)) / (ln p(raw) - ln p(nothing))</c>, each kept between 0 and 1, p being the probability
/// that the model gives the right words. 1: as good as the raw text; 0: no better than without the document. Without probes it is 0 and says nothing.</param>
/// <param name="Agreement">Share of the probes whose words the model would write from the summary, each the most
/// probable.</param>
/// <param name="Probes">Probes that count: those whose words the model would write from the raw text. The others say nothing
/// about compression.</param>
/// <param name="IsGiven">Whether the caller gave the probes; otherwise they are words left out of the document's own
/// sentences.</param>
/// <param name="IsMarked">Whether the document was marked: its score was below the threshold, or no probe counted.</param>
/// <param name="Segments">The same per segment, in order.</param>
/// <remarks>It measures how well this model recalls what the probes ask for. Probes made from omitted words cover names, numbers
/// and rare words of all sentences; an adapter trained for one kind of question may do better on such questions than the score
/// says.</remarks>
public sealed record DocumentFidelity(
    double Score, double Agreement, int Probes, bool IsGiven, bool IsMarked, IReadOnlyList<SegmentFidelity> Segments)
{
    /// <summary>Combines segments, weighted by their numbers of probes.</summary>
    /// <param name="segments">The segments.</param>
    /// <param name="isGiven">Whether the caller gave the probes.</param>
    internal static DocumentFidelity Create(IReadOnlyList<SegmentFidelity> segments, bool isGiven)
    {
        int probes = segments.Sum(segment => segment.Probes);
        double Mean(Func<SegmentFidelity, double> figure) =>
            probes == 0 ? 0 : segments.Sum(segment => segment.Probes * figure(segment)) / probes;
        return new DocumentFidelity(
            Mean(segment => segment.Score), Mean(segment => segment.Agreement), probes, isGiven, IsMarked: false, segments);
    }
}

/// <summary>The fidelity of one segment; see <see cref="DocumentFidelity"/>.</summary>
/// <param name="Index">The segment, from 0.</param>
/// <param name="Score">Mean share of information kept, 0 to 1; 0 where there is no probe.</param>
/// <param name="Agreement">Share of the probes whose words the model would write from the summary.</param>
/// <param name="Probes">Probes that count.</param>
/// <param name="Raw">Mean natural-log probability of the probes' words after the raw segment; 0 where there is no probe.</param>
/// <param name="Summary">The same after the document's summary embeddings.</param>
/// <param name="Nothing">The same without a prefix.</param>
public sealed record SegmentFidelity(
    int Index, double Score, double Agreement, int Probes, double Raw, double Summary, double Nothing)
{
    /// <summary>Sums probes up.</summary>
    /// <param name="index">The segment.</param>
    /// <param name="probes">The probes that count.</param>
    internal static SegmentFidelity Create(int index, IReadOnlyList<ProbeScore> probes) => probes.Count == 0
        ? new SegmentFidelity(index, 0, 0, 0, 0, 0, 0)
        : new SegmentFidelity(
            index,
            probes.Average(probe => probe.Kept),
            probes.Average(probe => probe.Agrees ? 1.0 : 0),
            probes.Count,
            probes.Average(probe => probe.Raw),
            probes.Average(probe => probe.Summary),
            probes.Average(probe => probe.Nothing));
}

/// <summary>One probe's natural-log probabilities.</summary>
/// <param name="Raw">After the raw segment.</param>
/// <param name="Summary">After the summary.</param>
/// <param name="Nothing">Without a prefix.</param>
/// <param name="Agrees">Whether the words are the most probable ones after the summary.</param>
internal readonly record struct ProbeScore(double Raw, double Summary, double Nothing, bool Agrees)
{
    // Words that the model knows without the document measure nothing; the summary then must only not mislead.
    private const double LeastGain = 0.05;

    /// <summary>Gets the share of information kept, 0 to 1.</summary>
    public double Kept => Raw - Nothing < LeastGain
        ? (Raw - Summary < LeastGain ? 1 : 0)
        : Math.Clamp((Summary - Nothing) / (Raw - Nothing), 0, 1);
}
