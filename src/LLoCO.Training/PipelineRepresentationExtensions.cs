using LLoCO.Core;
using LLoCO.Core.Decoding;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Trust;
using LLoCO.Evaluation;

namespace LLoCO.Training;

/// <summary>What a model can make of a domain's words, before it is finetuned.</summary>
public static class PipelineRepresentationExtensions
{
    private const int MaxExamples = 32;

    /// <summary>Counts tokens per word of documents and answers, and counts the answers that the base model finds with and without
    /// the document's summary embeddings (or raw text) in front.</summary>
    /// <param name="pipeline">The pipeline, with the library's own compressor and decoder.</param>
    /// <param name="questions">Questions with answers and, where known, their documents; at least one.</param>
    /// <param name="examples">What training would learn from; the base model is asked up to 32 of them, from all over the list.</param>
    /// <param name="cancellationToken">Checked before each example.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="ArgumentException">There is no question.</exception>
    public static async Task<AnswerRepresentation> MeasureRepresentationAsync(
        this LlocoPipeline pipeline, IReadOnlyList<QuestionItem> questions, IReadOnlyList<AdapterExample> examples,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(examples);
        if (questions.Count == 0)
        {
            throw new ArgumentException("Give at least one question with its answer.", nameof(questions));
        }

        ITokenizer tokenizer = pipeline.Tokenizer;
        string[] documents = [.. questions.Select(item => item.Document).OfType<string>().Distinct()];
        string[] answers = [.. questions.Select(item => item.Answers[0]).Distinct()];
        double perAnswer = PiecesPerWord(tokenizer, answers);
        double perDocument = documents.Length > 0 ? PiecesPerWord(tokenizer, documents) : perAnswer;
        (int asked, int alone, int reading) = pipeline.Layers.Decoder is IContinuationScorer scorer
            ? await FoundAsync(scorer, examples, tokenizer.EndOfSequenceIds, cancellationToken).ConfigureAwait(false)
            : default;
        return new AnswerRepresentation(perDocument, perAnswer, asked, alone, reading);
    }

    private static double PiecesPerWord(ITokenizer tokenizer, string[] texts) =>
        texts.Sum(text => (double)tokenizer.Encode(text).Count) / Math.Max(1, texts.Sum(DocumentFamiliarity.CountWords));

    private static async Task<(int Asked, int Alone, int Reading)> FoundAsync(
        IContinuationScorer scorer, IReadOnlyList<AdapterExample> examples, IReadOnlyList<int> endIds,
        CancellationToken cancellationToken)
    {
        AdapterExample[] read = [.. examples.Where(example => example.Documents.Count > 0 || example.RawText.Length > 0)];
        int count = Math.Min(MaxExamples, read.Length);
        (int alone, int reading) = (0, 0);
        for (int i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            AdapterExample example = read[(int)((long)i * read.Length / count)];

            // What ends an answer differs from model to model; the answer itself counts.
            bool ends = example.Answer.Length > 1 && endIds.Contains(example.Answer.Span[^1]);
            Continuation[] answer = [new Continuation(example.Prompt, ends ? example.Answer[..^1] : example.Answer)];
            alone += await IsFoundAsync(new ScoringRequest([], default, answer)).ConfigureAwait(false) ? 1 : 0;
            reading += await IsFoundAsync(new ScoringRequest(example.Documents, example.RawText, answer)).ConfigureAwait(false) ? 1 : 0;
        }

        return (count, alone, reading);

        async Task<bool> IsFoundAsync(ScoringRequest request) =>
            (await scorer.ScoreAsync(request, cancellationToken).ConfigureAwait(false))[0].IsGreedy;
    }
}
