using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Tokenization;
using Microsoft.Extensions.Logging;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Builds the context of a question in every mode: summary embeddings, with or without raw passages, raw text in their
/// place, or nothing. It checks the window before any tensor work (<see cref="WindowBudget"/>).</summary>
internal sealed class ContextReader(PipelineLayers layers, ILogger logger)
{
    // Kept because the next question is often about the same text, and preparing a long text takes longer than answering.
    private volatile RawTexts? _last;

    /// <summary>Reads the context.</summary>
    /// <param name="asked">The question.</param>
    /// <param name="expand">Why raw passages are added to the summary; <see langword="null"/> for none.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="WindowExceededException">It does not fit the native window under the policy.</exception>
    public async Task<QuestionContext> ReadAsync(
        AskedQuestion asked, ExpandReason? expand, CancellationToken cancellationToken) =>
        await ReadContextAsync(asked, expand, cancellationToken).ConfigureAwait(false) with { KeyValues = asked.KeyValues };

    private async Task<QuestionContext> ReadContextAsync(
        AskedQuestion asked, ExpandReason? expand, CancellationToken cancellationToken)
    {
        switch (asked.Options.Context)
        {
            case ContextMode.None:
                return Converse(QuestionContext.None, Conversation.Read(asked, asked.Budget.Room, layers.Tokenizer));
            case ContextMode.Summary:
                (QuestionContext summary, IReadOnlyList<ChosenDocument> documents) =
                    await ReadSummaryAsync(asked, cancellationToken).ConfigureAwait(false);
                WindowBudget left = asked.Budget with { Prefix = asked.Budget.Prefix + CountFramed(asked, summary) };
                Conversation turns = Conversation.Read(asked, left.Room, layers.Tokenizer);
                return Converse(
                    expand is { } reason
                        ? Expand(
                            turns.CountIn(asked), summary,
                            await ReadTextsAsync(asked, documents, cancellationToken).ConfigureAwait(false), reason)
                        : summary,
                    turns);
            default:
                asked.Budget.EnsureFits();
                return ReadRaw(
                    asked, await ReadTextsAsync(asked, asked.Chosen.Documents, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>Counts the vectors of a summary with those around each document.</summary>
    private static int CountFramed(AskedQuestion asked, QuestionContext summary) =>
        CountFramed(asked, summary.Prefix).Sum();

    private static int[] CountFramed(AskedQuestion asked, IReadOnlyList<SummaryEmbeddings> prefix) =>
    [
        .. KeyValueMemory.CountAdded(prefix, asked.Budget.Window, asked.Frame.Places).Select(added => added + asked.Frame.EachDocument),
    ];

    private static QuestionContext Converse(QuestionContext context, Conversation turns) => turns.Tokens.Count == 0
        ? context
        : context with { RawText = [.. context.RawText, .. turns.Tokens], Turns = turns.Turns };

    private async Task<(QuestionContext Context, IReadOnlyList<ChosenDocument> Documents)> ReadSummaryAsync(
        AskedQuestion asked, CancellationToken cancellationToken)
    {
        IReadOnlyList<ChosenDocument> chosen = asked.Chosen.Documents;
        if (asked.KeyValues > 0)
        {
            // They stand for the documents; the budget counts them already.
            asked.Budget.EnsureFits();
            IReadOnlyList<AnswerSource> sources = await SourcesAsync(asked, chosen, cancellationToken).ConfigureAwait(false);
            return (new QuestionContext { Sources = sources }, chosen);
        }

        var prefix = new List<SummaryEmbeddings>(chosen.Count);
        foreach (ChosenDocument document in chosen)
        {
            prefix.Add(await asked.Contents.LoadSummaryAsync(document.Id, cancellationToken).ConfigureAwait(false));
        }

        int count = asked.Budget.CountDocuments(CountFramed(asked, prefix), asked.Policy);
        if (count < chosen.Count)
        {
            Log.DocumentsLeftOut(logger, chosen.Count - count, chosen.Count, asked.Budget.Window);
        }

        prefix.RemoveRange(count, prefix.Count - count);
        ChosenDocument[] documents = [.. chosen.Take(count)];
        var context = new QuestionContext
        {
            Prefix = prefix,
            Sources = await SourcesAsync(asked, documents, cancellationToken).ConfigureAwait(false),
            DocumentTokens = prefix.Sum(one => one.RawTokens),
        };
        return (context, documents);
    }

    private static async Task<IReadOnlyList<AnswerSource>> SourcesAsync(
        AskedQuestion asked, IEnumerable<ChosenDocument> documents, CancellationToken cancellationToken)
    {
        var sources = new List<AnswerSource>();
        foreach (ChosenDocument document in documents)
        {
            sources.AddRange(document.Passages);
            if (document.Passages.Count == 0)
            {
                string text = await asked.Contents.LoadTextAsync(document.Id, cancellationToken).ConfigureAwait(false);
                sources.Add(new AnswerSource(document.Id, 0, text.Length, text, 0));
            }
        }

        return sources;
    }

    /// <summary>Adds the passages that match the question best after the summary embeddings: only whole ones, as many as
    /// fit.</summary>
    private QuestionContext Expand(AskedQuestion asked, QuestionContext summary, RawTexts texts, ExpandReason reason)
    {
        WindowBudget budget = asked.Budget with
        {
            Prefix = asked.Budget.Prefix + CountFramed(asked, summary),
            Prompt = asked.Prompt.CountAroundRaw,
        };
        var tokens = new List<int>();
        var passages = new List<AnswerSource>();
        int best = 0;
        foreach (RawPassage passage in texts.Rank(asked.Search).Where(one => one.Score > 0).Take(asked.Expand.Passages))
        {
            IReadOnlyList<int> ids = layers.Tokenizer.Encode(passage.Text);
            best = best == 0 ? ids.Count : best;
            if (ids.Count <= budget.Room)
            {
                budget = budget with { RawText = budget.RawText + ids.Count };
                tokens.AddRange(ids);
                passages.Add(passage.ToSource(passage.Text.Length));
            }
        }

        if (passages.Count == 0)
        {
            // If the caller requested expansion, this is an error; otherwise the answer uses the summary alone.
            if (reason == ExpandReason.Asked && asked.Policy == WindowPolicy.Error)
            {
                (budget with { RawText = best }).EnsureFits();
            }

            return summary;
        }

        IEnumerable<AnswerSource> others = summary.Sources.Where(source => !passages.Any(
            one => (one.DocumentId, one.Start, one.End) == (source.DocumentId, source.Start, source.End)));
        return summary with
        {
            RawText = tokens,
            Sources = [.. passages, .. others],
            Expansion = new AnswerExpansion(reason, passages.Count, tokens.Count, null),
        };
    }

    /// <summary>Uses raw text in place of summary embeddings: the beginning of the texts, or the best passages. These are the
    /// baselines that the method is compared with.</summary>
    private QuestionContext ReadRaw(AskedQuestion asked, RawTexts texts)
    {
        bool full = asked.Options.Context == ContextMode.Full;
        int free = full
            ? (asked.Budget with { RawText = asked.Budget.RawText + texts.TokenCount }).EnsureFits().Room
            : asked.Budget.Room / 2;
        Conversation turns = Conversation.Read(asked, free, layers.Tokenizer);
        asked = turns.CountIn(asked);
        bool ranked = asked.Options.Context == ContextMode.Passages;
        int room = asked.Budget.Room;
        var tokens = new List<int>();
        var sources = new List<AnswerSource>();
        foreach (RawPassage passage in ranked ? texts.Rank(asked.Search) : texts.Whole)
        {
            IReadOnlyList<TextToken> all = passage.Tokens ?? layers.Tokenizer.EncodeWithOffsets(passage.Text);
            int taken = Math.Min(all.Count, room - tokens.Count);
            if (taken == 0 || (ranked && taken < all.Count && tokens.Count > 0))
            {
                // A cut passage is of little use, unless there is only room for this one.
                break;
            }

            tokens.AddRange(all.Take(taken).Select(token => token.Id));
            if (passage.Id is not null)
            {
                sources.Add(passage.ToSource(taken == all.Count ? passage.Text.Length : all[taken - 1].Start + all[taken - 1].Length));
            }
        }

        return Converse(
            new QuestionContext { RawText = tokens, Sources = sources, DocumentTokens = texts.TokenCount }, turns);
    }

    private async Task<RawTexts> ReadTextsAsync(
        AskedQuestion asked, IEnumerable<ChosenDocument> documents, CancellationToken cancellationToken)
    {
        var texts = new List<(string? Id, string Text)>();
        if (asked.Options.ContextText is { } given)
        {
            texts.Add((null, given));
        }

        foreach (ChosenDocument document in documents)
        {
            texts.Add((document.Id, await asked.Contents.LoadTextAsync(document.Id, cancellationToken).ConfigureAwait(false)));
        }

        RawTexts? last = _last;
        return last is not null && last.AreOf(texts) ? last : _last = new RawTexts(texts, layers.Tokenizer, layers.Passages);
    }
}
