using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Reads raw text for a question: the beginning of the documents, or their passages that fit it best. The baselines that
/// the method is compared with.</summary>
internal sealed class RawContextReader(PipelineLayers layers)
{
    // The next question is often about the same text, and to tokenize and cut a long one takes longer than to answer.
    private volatile PreparedText? _last;

    /// <summary>Reads.</summary>
    /// <param name="question">The question.</param>
    /// <param name="chosen">The documents.</param>
    /// <param name="options">Mode, or a text in place of the documents.</param>
    /// <param name="room">Most tokens to read; at least 0.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    public async Task<RawContext> ReadAsync(
        string question, ChosenDocuments chosen, AskOptions options, int room, CancellationToken cancellationToken)
    {
        var texts = new List<(string? Id, string Text)>();
        if (options.ContextText is { } given)
        {
            texts.Add((null, given));
        }

        foreach (ChosenDocument document in chosen.Documents)
        {
            string text = await layers.Index.LoadTextAsync(document.Id, cancellationToken).ConfigureAwait(false)
                ?? throw AnswerPlanner.Vanished(document.Id);
            texts.Add((document.Id, text));
        }

        List<Excerpt> excerpts = options.Context == ContextMode.Passages
            ? Rank(question, texts)
            : [.. texts.Select(one => new Excerpt(one.Id, 0, one.Text, 0))];
        int raw = texts.Sum(one => Prepare(one.Text).Tokens.Count);
        return Fill(excerpts, room, raw, cutEach: options.Context != ContextMode.Passages);
    }

    /// <summary>Reads the passages that fit a question best, whole ones only, to stand beside summary embeddings.</summary>
    /// <param name="question">The question.</param>
    /// <param name="documents">The documents.</param>
    /// <param name="max">Most passages.</param>
    /// <param name="room">Most tokens.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <returns>The passages that fit, best first, and the tokens of the best one, which may not; 0 where no passage has a word
    /// of the question.</returns>
    public async Task<(RawContext Context, int BestTokens)> ExpandAsync(
        string question, IEnumerable<ChosenDocument> documents, int max, int room, CancellationToken cancellationToken)
    {
        var texts = new List<(string? Id, string Text)>();
        foreach (ChosenDocument document in documents)
        {
            string text = await layers.Index.LoadTextAsync(document.Id, cancellationToken).ConfigureAwait(false)
                ?? throw AnswerPlanner.Vanished(document.Id);
            texts.Add((document.Id, text));
        }

        var tokens = new List<int>();
        var sources = new List<AnswerSource>();
        int best = 0;
        foreach (Excerpt excerpt in Rank(question, texts).Where(one => one.Score > 0).Take(max))
        {
            IReadOnlyList<int> ids = layers.Tokenizer.Encode(excerpt.Text);
            best = best == 0 ? ids.Count : best;
            if (ids.Count <= room - tokens.Count)
            {
                tokens.AddRange(ids);
                sources.Add(excerpt.ToSource(excerpt.Text.Length));
            }
        }

        return (new RawContext(tokens, sources, 0), best);
    }

    private List<Excerpt> Rank(string question, List<(string? Id, string Text)> texts)
    {
        var words = new Bm25Index();
        var excerpts = new List<Excerpt>();
        foreach ((string? id, string text) in texts)
        {
            foreach (Passage passage in Prepare(text).Passages)
            {
                string content = text.Substring(passage.Start, passage.Length);
                words.Add(excerpts.Count, content);
                excerpts.Add(new Excerpt(id, passage.Start, content, 0));
            }
        }

        // A stable sort: where nothing fits, the text's own order.
        IReadOnlyDictionary<long, double> scores = words.Score(question);
        return [.. excerpts
            .Select((excerpt, place) => excerpt with { Score = scores.GetValueOrDefault(place) })
            .OrderByDescending(excerpt => excerpt.Score)];
    }

    private RawContext Fill(List<Excerpt> excerpts, int room, int raw, bool cutEach)
    {
        var tokens = new List<int>();
        var sources = new List<AnswerSource>();
        foreach (Excerpt excerpt in excerpts)
        {
            IReadOnlyList<TextToken> all = _last is { } last && last.Text == excerpt.Text
                ? last.Tokens
                : layers.Tokenizer.EncodeWithOffsets(excerpt.Text);
            int taken = Math.Min(all.Count, room - tokens.Count);
            if (taken == 0 || (taken < all.Count && tokens.Count > 0 && !cutEach))
            {
                // Half a passage is worth little, unless it is all there is room for.
                break;
            }

            tokens.AddRange(all.Take(taken).Select(token => token.Id));
            int length = taken == all.Count ? excerpt.Text.Length : all[taken - 1].Start + all[taken - 1].Length;
            if (excerpt.Id is not null)
            {
                sources.Add(excerpt.ToSource(length));
            }
        }

        return new RawContext(tokens, sources, raw);
    }

    private PreparedText Prepare(string text)
    {
        PreparedText? last = _last;
        return last is not null && last.Text == text
            ? last
            : _last = new PreparedText(text, layers.Tokenizer.EncodeWithOffsets(text), layers.Passages.Split(text));
    }

    private sealed record PreparedText(string Text, IReadOnlyList<TextToken> Tokens, IReadOnlyList<Passage> Passages);

    private sealed record Excerpt(string? Id, int Start, string Text, double Score)
    {
        public AnswerSource ToSource(int length) => new(Id!, Start, Start + length, Text[..length], Score) { IsRaw = true };
    }
}
