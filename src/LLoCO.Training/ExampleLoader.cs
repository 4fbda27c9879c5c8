using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Tokenization.Chat;
using LLoCO.Evaluation;

namespace LLoCO.Training;

/// <summary>Turns labelled questions into training examples. Each document is loaded or compressed once.</summary>
internal sealed class ExampleLoader(LlocoPipeline pipeline, PipelineLayers layers, string? adapter, bool raw)
{
    private readonly Dictionary<string, SummaryEmbeddings> _summaries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int[]> _texts = new(StringComparer.Ordinal);

    /// <summary>Loads questions with the summary embeddings of their documents as training examples.</summary>
    public async Task<IReadOnlyList<AdapterExample>> LoadAsync(
        IEnumerable<QuestionItem> questions, CancellationToken cancellationToken)
    {
        var examples = new List<AdapterExample>();
        foreach (QuestionItem item in questions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            examples.Add(await ExampleAsync(item, cancellationToken).ConfigureAwait(false));
        }

        return examples;
    }

    private async Task<AdapterExample> ExampleAsync(QuestionItem item, CancellationToken cancellationToken)
    {
        PromptTemplate template = layers.Prompts.For(adapter ?? item.Group);
        bool isRaw = raw && item.DocumentId is not null;
        ReadOnlyMemory<int> text = isRaw ? await TextAsync(item, cancellationToken).ConfigureAwait(false) : default;
        EncodedPrompt prompt = template.Encode(layers.Tokenizer, item.Question, begins: isRaw);

        // In a chat template, raw text stands in the user's turn.
        int[] ids = template.Turn is null ? [.. prompt.Whole] : prompt.Join(text.ToArray());
        return new AdapterExample
        {
            Id = item.Id,
            Documents = raw || item.DocumentId is null
                ? []
                : [await SummaryAsync(item, cancellationToken).ConfigureAwait(false)],
            RawText = template.Turn is null ? text : default,
            Prompt = ids,
            Answer = AnswerEncoding.Encode(layers.Tokenizer, template, item.Question, item.Answers[0]),
            AcceptedAnswers = item.Answers,
        };
    }

    private async Task<SummaryEmbeddings> SummaryAsync(QuestionItem item, CancellationToken cancellationToken)
    {
        string id = item.DocumentId!;
        if (_summaries.TryGetValue(id, out SummaryEmbeddings? known))
        {
            return known;
        }

        if (item.Document is { } text)
        {
            // The ingest leaves what the index holds unchanged as it is.
            SourceDocument document = new(id, text, item.Group) { Origin = item.Origin };
            await foreach (IngestResult result in pipeline.IngestAsync([document], null, cancellationToken).ConfigureAwait(false))
            {
                result.EnsureSuccess();
            }
        }

        SummaryEmbeddings summary = await layers.Index.LoadSummaryAsync(id, cancellationToken).ConfigureAwait(false)
            ?? throw new LlocoException($"The index holds no document '{id}', which the question '{item.Id}' is about.");
        _summaries.Add(id, summary);
        return summary;
    }

    private async Task<int[]> TextAsync(QuestionItem item, CancellationToken cancellationToken)
    {
        string id = item.DocumentId!;
        if (!_texts.TryGetValue(id, out int[]? ids))
        {
            string text = item.Document
                ?? await layers.Index.LoadTextAsync(id, cancellationToken).ConfigureAwait(false)
                ?? throw new LlocoException($"There is no document '{id}', which the question '{item.Id}' is about.");
            ids = [.. layers.Tokenizer.Encode(text)];
            _texts.Add(id, ids);
        }

        return ids;
    }
}
