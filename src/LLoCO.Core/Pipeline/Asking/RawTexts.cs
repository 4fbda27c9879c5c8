using LLoCO.Core.Index;
using LLoCO.Core.Retrieval;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Raw texts prepared for questions: tokenized, cut into passages, and with the words of the passages counted for BM25.
/// Each step runs once, when it is first needed. Safe for concurrent use.</summary>
/// <param name="texts">The texts; those that are documents with their ids.</param>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="splitter">Cuts texts into passages.</param>
internal sealed class RawTexts(
    IReadOnlyList<(string? Id, string Text)> texts, ITokenizer tokenizer, PassageSplitter splitter)
{
    private readonly Lazy<IReadOnlyList<RawPassage>> _whole = new(() =>
        [.. texts.Select(one => new RawPassage(one.Id, 0, one.Text, tokenizer.EncodeWithOffsets(one.Text), 0))]);

    private readonly Lazy<(IReadOnlyList<RawPassage> Passages, Bm25Index Words)> _passages = new(() => Cut(texts, splitter));

    /// <summary>Gets the texts as they are, tokenized.</summary>
    public IReadOnlyList<RawPassage> Whole => _whole.Value;

    /// <summary>Gets the tokens of all texts.</summary>
    public int TokenCount => Whole.Sum(one => one.Tokens!.Count);

    /// <summary>Checks whether these are the same texts in the same order.</summary>
    /// <param name="others">The other texts, with their ids.</param>
    public bool AreOf(IReadOnlyList<(string? Id, string Text)> others) => texts.SequenceEqual(others);

    /// <summary>Ranks the passages of all texts together.</summary>
    /// <param name="question">The question.</param>
    /// <returns>All passages, the best first; those that share no word with the question in the order of the texts.</returns>
    public IReadOnlyList<RawPassage> Rank(string question)
    {
        (IReadOnlyList<RawPassage> passages, Bm25Index words) = _passages.Value;
        IReadOnlyDictionary<long, double> scores = words.Score(question);
        return [.. passages
            .Select((passage, place) => passage with { Score = scores.GetValueOrDefault(place) })
            .OrderByDescending(passage => passage.Score)];
    }

    private static (IReadOnlyList<RawPassage> Passages, Bm25Index Words) Cut(
        IEnumerable<(string? Id, string Text)> texts, PassageSplitter splitter)
    {
        var words = new Bm25Index();
        var passages = new List<RawPassage>();
        foreach ((string? id, string text) in texts)
        {
            foreach (Passage passage in splitter.Split(text))
            {
                string content = text.Substring(passage.Start, passage.Length);
                words.Add(passages.Count, content);
                passages.Add(new RawPassage(id, passage.Start, content, null, 0));
            }
        }

        return (passages, words);
    }
}

/// <summary>A stretch of raw text.</summary>
/// <param name="Id">The document; <see langword="null"/> for a text that is none.</param>
/// <param name="Start">Its first UTF-16 character in the document.</param>
/// <param name="Text">The stretch.</param>
/// <param name="Tokens">Its tokens, where they are known already.</param>
/// <param name="Score">How well it fits the question (BM25); 0 where it shares no word with it, or is not ranked.</param>
internal sealed record RawPassage(string? Id, int Start, string Text, IReadOnlyList<TextToken>? Tokens, double Score)
{
    /// <summary>Names it, or its beginning, as a source.</summary>
    /// <param name="length">Characters of it that are read.</param>
    public AnswerSource ToSource(int length) => new(Id!, Start, Start + length, Text[..length], Score) { IsRaw = true };
}
