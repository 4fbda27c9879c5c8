using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Pipeline.Building;
using Microsoft.Extensions.Logging;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Puts summary embeddings in front of a question, and the passages that fit it best as raw tokens behind them where
/// that is asked for; counts the native window before any tensor work.</summary>
internal sealed class SummaryContextReader(PipelineLayers layers, RawContextReader raw, ILogger logger)
{
    /// <summary>Reads.</summary>
    /// <param name="question">The question.</param>
    /// <param name="chosen">The documents.</param>
    /// <param name="prompt">Ids of template and question.</param>
    /// <param name="budget">The window policy, and the tokens that the answer may take.</param>
    /// <param name="expand">Whether and why to expand, and how much.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="WindowExceededException">It does not fit the native window under the policy.</exception>
    public async Task<SummaryContext> ReadAsync(
        string question, ChosenDocuments chosen, int[] prompt, (WindowPolicy Policy, int NewTokens) budget,
        (ExpandReason Reason, int Passages)? expand, CancellationToken cancellationToken)
    {
        List<SummaryEmbeddings> prefix = await LoadAsync(chosen, cancellationToken).ConfigureAwait(false);
        int window = layers.Decoder.NativeWindow;
        int room = window - prompt.Length - budget.NewTokens;
        while (prefix.Sum(one => (long)one.Count) > room)
        {
            if (budget.Policy != WindowPolicy.FewerDocuments || prefix.Count <= 1)
            {
                throw new WindowExceededException(prefix.Sum(one => one.Count), prompt.Length, budget.NewTokens, window);
            }

            prefix.RemoveAt(prefix.Count - 1);
        }

        if (prefix.Count < chosen.Documents.Count)
        {
            Log.DocumentsLeftOut(logger, chosen.Documents.Count - prefix.Count, chosen.Documents.Count, window);
        }

        ChosenDocument[] read = [.. chosen.Documents.Take(prefix.Count)];
        IReadOnlyList<AnswerSource> sources = await SourcesAsync(read, cancellationToken).ConfigureAwait(false);
        var plain = new SummaryContext(prefix, prompt, sources, null);
        if (expand is not { } how)
        {
            return plain;
        }

        int summary = prefix.Sum(one => one.Count);
        (RawContext passages, int best) = await raw.ExpandAsync(question, read, how.Passages, room - summary, cancellationToken)
            .ConfigureAwait(false);
        if (passages.Sources.Count > 0)
        {
            IEnumerable<AnswerSource> others = sources.Where(source => !passages.Sources.Any(
                one => (one.DocumentId, one.Start, one.End) == (source.DocumentId, source.Start, source.End)));
            return new SummaryContext(
                prefix,
                [.. passages.Tokens, .. prompt],
                [.. passages.Sources, .. others],
                new AnswerExpansion(how.Reason, passages.Sources.Count, passages.Tokens.Count, null));
        }

        // Asked for and impossible is an error; where it was only to help, the summary has to do.
        return best > 0 && how.Reason == ExpandReason.Asked && budget.Policy == WindowPolicy.Error
            ? throw new WindowExceededException(summary, prompt.Length + best, budget.NewTokens, window)
            : plain;
    }

    private async Task<List<SummaryEmbeddings>> LoadAsync(ChosenDocuments chosen, CancellationToken cancellationToken)
    {
        var prefix = new List<SummaryEmbeddings>();
        foreach (ChosenDocument document in chosen.Documents)
        {
            SummaryEmbeddings summary = await layers.Index.LoadSummaryAsync(document.Id, cancellationToken).ConfigureAwait(false)
                ?? throw AnswerPlanner.Vanished(document.Id);
            layers.Decoder.Fingerprint.EnsureMatches(summary.Fingerprint, $"document '{document.Id}'");
            prefix.Add(summary);
        }

        return prefix;
    }

    private async Task<IReadOnlyList<AnswerSource>> SourcesAsync(
        IEnumerable<ChosenDocument> documents, CancellationToken cancellationToken)
    {
        var sources = new List<AnswerSource>();
        foreach (ChosenDocument document in documents)
        {
            sources.AddRange(document.Passages);
            if (document.Passages.Count == 0)
            {
                string text = await layers.Index.LoadTextAsync(document.Id, cancellationToken).ConfigureAwait(false)
                    ?? throw AnswerPlanner.Vanished(document.Id);
                sources.Add(new AnswerSource(document.Id, 0, text.Length, text, 0));
            }
        }

        return sources;
    }
}

/// <summary>What stands in front of a question.</summary>
/// <param name="Prefix">The summary embeddings.</param>
/// <param name="Prompt">Token ids behind them: expanded passages, template and question.</param>
/// <param name="Sources">What is read; what is read raw first.</param>
/// <param name="Expansion">What was expanded; <see langword="null"/> where nothing was.</param>
internal sealed record SummaryContext(
    IReadOnlyList<SummaryEmbeddings> Prefix, int[] Prompt, IReadOnlyList<AnswerSource> Sources, AnswerExpansion? Expansion)
{
    /// <summary>Gets the tokens of the documents read.</summary>
    public int RawTokens { get; init; } = Prefix.Sum(one => one.RawTokens);
}
