using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Building;
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
        string prompt = layers.Prompts.For(adapter ?? item.Group).Format(item.Question);
        int[] ids = [.. layers.Tokenizer.Encode(prompt)];
        return new AdapterExample
        {
            Id = item.Id,
            Documents = raw || item.DocumentId is null
                ? []
                : [await SummaryAsync(item, cancellationToken).ConfigureAwait(false)],
            RawText = raw && item.DocumentId is not null
                ? await TextAsync(item, cancellationToken).ConfigureAwait(false)
                : default(ReadOnlyMemory<int>),
            Prompt = ids,
            Answer = AnswerEncoding.Encode(layers.Tokenizer, prompt, ids, item.Answers[0]),
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
