using System.Text.RegularExpressions;
using LLoCO.Core;
using LLoCO.Core.Numerics;
using LLoCO.Evaluation;

namespace LLoCO.Training;

/// <summary>
/// Documents with questions whose answers are others in each epoch: who reads a document often enough knows it by heart, and these can
/// only be answered by reading. A value is exchanged for one that answers a question of the same form in another document, or, three
/// times of four, for a new one that looks like it, in the text, in the questions and in the answers alike.
/// </summary>
public sealed class ExchangedAnswers : ICompressorCorpus
{
    /// <summary>A word belongs to the form of a question, and not to what it asks about, if questions about this share of the documents, and two, have
    /// it.</summary>
    private const double FormShare = 0.2;

    /// <summary>The share of exchanged values that no document has: few values would soon be known, letter for letter.</summary>
    private const double NewShare = 0.75;

    private readonly CompressorTrainer _trainer;
    private readonly string? _adapter;
    private readonly long _seed;
    private readonly (string Id, string Text, QuestionItem[] Questions)[] _documents;
    private readonly Dictionary<string, int> _spread;
    private readonly Dictionary<string, string[]> _pools;
    private readonly LookAlikeValues _made;

    /// <summary>Takes questions with their documents.</summary>
    /// <param name="trainer">Makes tokens of them.</param>
    /// <param name="questions">The questions; of accepted answers the first counts.</param>
    /// <param name="adapter">The adapter whose prompt they get; the model's own with <see langword="null"/>.</param>
    /// <param name="seed">Seed of the exchange.</param>
    /// <exception cref="LlocoException">There is no question, or one has no document.</exception>
    public ExchangedAnswers(CompressorTrainer trainer, IReadOnlyList<QuestionItem> questions, string? adapter = null, long seed = 1)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(questions);
        if (questions.Count == 0)
        {
            throw new LlocoException("There is no question to learn from. Give at least one.");
        }

        (_trainer, _adapter, _seed) = (trainer, adapter, seed);
        _documents = [.. questions.GroupBy(item => item.DocumentId ?? item.Id).Select(document => (
            document.Key,
            document.First().Document ?? throw new LlocoException(
                $"The question '{document.First().Id}' has no document. Name it: \"document\" or \"document_path\" in the question file."),
            document.ToArray()))];
        _spread = questions.SelectMany(item => Words(item.Question).Distinct().Select(word => (word, item.DocumentId)))
            .Distinct().CountBy(pair => pair.word).ToDictionary(StringComparer.Ordinal);
        _pools = questions.Where(item => item.Document is { } text && Place(item.Answers[0]).IsMatch(text))
            .GroupBy(FormOf, item => item.Answers[0], StringComparer.Ordinal)
            .ToDictionary(form => form.Key, form => form.Distinct().Order(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);
        _made = new LookAlikeValues(_pools.Values.SelectMany(pool => pool));
    }

    /// <inheritdoc/>
    public int Count => _documents.Length;

    /// <summary>Gets the share of questions whose answer is exchanged.</summary>
    /// <value>0 to 1. An answer that is not in its document word for word stays.</value>
    public double Exchanged => _documents.Average(document => document.Questions.Average(
        item => IsExchanged(document.Text, item) ? 1.0 : 0));

    /// <inheritdoc/>
    public CompressorDocument Get(int index, int epoch)
    {
        (string id, string text, QuestionItem[] questions) = _documents[index];
        Dictionary<string, string> others = Draw(text, questions, SeededRandom.For(_seed, $"exchange/{id}/{epoch}"));
        string Exchange(string words) => others.Count == 0
            ? words
            : Place([.. others.Keys]).Replace(words, match => others[match.Value]);
        return new CompressorDocument(
            id,
            _trainer.Tokenizer.Encode(Exchange(text)).ToArray(),
            [.. questions.Select(item => _trainer.MakeQuestion(_adapter, Exchange(item.Question), Exchange(item.Answers[0])))]);
    }

    /// <summary>Gets a document as it stands.</summary>
    /// <param name="index">Which one, from 0.</param>
    /// <returns>The document.</returns>
    public CompressorDocument GetOriginal(int index)
    {
        (string id, string text, QuestionItem[] questions) = _documents[index];
        return new CompressorDocument(
            id,
            _trainer.Tokenizer.Encode(text).ToArray(),
            [.. questions.Select(item => _trainer.MakeQuestion(_adapter, item.Question, item.Answers[0]))]);
    }

    /// <summary>A new value for each answer, that of another document if chance will have it so; none twice in a document.</summary>
    private Dictionary<string, string> Draw(string text, QuestionItem[] questions, SeededRandom random)
    {
        var others = new Dictionary<string, string>(StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (QuestionItem item in questions)
        {
            string answer = item.Answers[0];
            if (!others.ContainsKey(answer) && IsExchanged(text, item))
            {
                string[] pool = _pools[FormOf(item)];
                string other = random.Pick(pool);
                other = pool.Length == 1 || random.NextDouble() < NewShare ? _made.Make(other, random) : other;
                others.Add(answer, taken.Add(other) ? other : answer);
                taken.Add(others[answer]);
            }
        }

        return others;
    }

    private static bool IsExchanged(string text, QuestionItem item) => Place(item.Answers[0]).IsMatch(text);

    /// <summary>The words of the question without what it asks about, and what its answer looks like.</summary>
    private string FormOf(QuestionItem item)
    {
        string answer = item.Answers[0];
        string form = string.Join(' ', Words(item.Question).Where(word => _spread[word] >= Math.Max(2, FormShare * _documents.Length)));
        return $"{form}: {Words(answer).Length} {answer.Any(char.IsDigit)} {answer.Any(char.IsUpper)}";
    }

    private static string[] Words(string question) =>
        question.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Where values stand, as whole words; of two that begin at one place, the longer.</summary>
    private static Regex Place(params string[] values) => new(
        $@"(?<!\w)(?:{string.Join('|', values.OrderByDescending(value => value.Length).Select(Regex.Escape))})(?!\w)",
        RegexOptions.CultureInvariant);
}
