using System.Diagnostics;
using LLoCO.Core;
using LLoCO.Core.Index;
using LLoCO.Core.Retrieval;

namespace LLoCO.Training.Grouping;

/// <summary>Questions whose group is not known.</summary>
public static class PipelineRoutingExtensions
{
    private const int HitsPerGroup = 32;

    // A group whose best passage fits far less well than another's has no answer, only a model that is sure of one.
    private const double CloseShare = 0.85;

    /// <summary>Asks the groups whose passages fit a question best, each with its own documents and adapter, and compares the
    /// answers.</summary>
    /// <remarks>Only groups are asked whose best passage has at least 85 % of the best score. Groups are asked at the same time and share decode steps. The answer of the model that is most confident counts:
    /// calibrated confidence where all answers have it, else the probability of the least likely token. Answers without a doubt about
    /// adapter and text come before others.</remarks>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="question">The question; not empty.</param>
    /// <param name="options">How to answer it; with a group or documents named, only that is asked.</param>
    /// <param name="groups">Most groups to ask; at least 1.</param>
    /// <param name="cancellationToken">Cancels the search, and all answers.</param>
    /// <returns>All answers, the best first.</returns>
    /// <exception cref="LlocoException">As <see cref="LlocoPipeline.AskAsync"/>.</exception>
    public static async Task<RoutedAnswer> AskGroupsAsync(
        this LlocoPipeline pipeline, string question, AskOptions? options = null, int groups = 2,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentException.ThrowIfNullOrWhiteSpace(question);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        options ??= new AskOptions();
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<string> found = groups > 1 && options.Group is null && options.DocumentIds.Count == 0
            ? await FindGroupsAsync(pipeline, question, groups, cancellationToken).ConfigureAwait(false)
            : [];
        TimeSpan route = Stopwatch.GetElapsedTime(started);
        LlocoAnswer[] answers = found.Count < 2
            ? [await pipeline.AskAsync(question, options with { Group = found.Count > 0 ? found[0] : options.Group }, cancellationToken)
                .ConfigureAwait(false)]
            : await Task.WhenAll(found.Select(group => pipeline.AskAsync(question, options with { Group = group }, cancellationToken)))
                .ConfigureAwait(false);
        return new RoutedAnswer(Order(answers), route);
    }

    /// <summary>Orders answers, the best first.</summary>
    /// <param name="answers">The answers, by how well their group's passages fit.</param>
    internal static IReadOnlyList<LlocoAnswer> Order(IReadOnlyList<LlocoAnswer> answers)
    {
        bool calibrated = answers.All(answer => answer.Confidence.Calibrated is not null);
        return [.. answers
            .OrderBy(answer => answer.Grounding.Doubts.Count > 0)
            .ThenByDescending(answer => calibrated ? answer.Confidence.Calibrated : answer.Confidence.Least)];
    }

    private static async Task<IReadOnlyList<string>> FindGroupsAsync(
        LlocoPipeline pipeline, string question, int groups, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<float> vector = await PassageEmbedding.OfQuestionAsync(pipeline.Layers.Embedder, question, cancellationToken)
            .ConfigureAwait(false);
        IReadOnlyList<PassageHit> hits = await pipeline.Index.SearchAsync(
            new PassageQuery(question, null, groups * HitsPerGroup, vector), cancellationToken).ConfigureAwait(false);
        return [.. hits.Where(hit => hit.Score >= hits[0].Score * CloseShare).Select(hit => hit.Group).Distinct().Take(groups)];
    }
}
