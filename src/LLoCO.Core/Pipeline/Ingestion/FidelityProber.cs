using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Trust;

namespace LLoCO.Core.Pipeline.Ingestion;

/// <summary>Measures how much a summary keeps, with probes of the document's raw segments and of its summary.</summary>
internal sealed class FidelityProber(PipelineLayers layers, FidelityOptions options)
{
    // The model cannot answer some sentences from the raw text either, so more are tried than needed.
    private const int TriedPerProbe = 2;

    private readonly IContinuationScorer _scorer = (IContinuationScorer)layers.Decoder;

    /// <summary>Measures a document, and marks or refuses it if its score is below the threshold.</summary>
    /// <param name="document">The document.</param>
    /// <param name="text">Its text.</param>
    /// <param name="cut">Its segments.</param>
    /// <param name="summary">Its summary embeddings, as they will be stored.</param>
    /// <param name="cancellationToken">Checked before each probe.</param>
    /// <exception cref="FidelityTooLowException">It is below the threshold, and such documents are refused.</exception>
    public async Task<DocumentFidelity> MeasureAsync(
        SourceDocument document, string text, CutDocument cut, SummaryEmbeddings summary, CancellationToken cancellationToken)
    {
        IReadOnlyList<FidelityProbe> given = options.Probes?.Invoke(document.Id) ?? [];

        // A key/value prefix stands in place of a summary, so it cannot read one.
        string? adapter = given.Count > 0 && layers.Decoder.Adapters.Contains(document.Group)
            && (layers.Decoder as IKeyValueReader)?.CountKeyValues(document.Group) is null or 0 ? document.Group : null;
        List<Continuation>[] probes = given.Count > 0
            ? Given(given, adapter, text, cut)
            : OfText(text, cut);
        var segments = new List<SegmentFidelity>(probes.Length);
        for (int i = 0; i < probes.Length; i++)
        {
            int max = given.Count > 0 ? int.MaxValue : options.ProbesPerSegment;
            IReadOnlyList<ProbeScore> scores = await ScoreAsync(
                cut.Segments[i], probes[i], summary, adapter, max, cancellationToken).ConfigureAwait(false);
            segments.Add(SegmentFidelity.Create(i, scores));
        }

        return Judge(document.Id, DocumentFidelity.Create(segments, given.Count > 0));
    }

    // Without a probe that counts nothing is known of the summary, and the model cannot even tell the raw text: marked whatever the
    // threshold is.
    private DocumentFidelity Judge(string documentId, DocumentFidelity fidelity) =>
        fidelity.Probes == 0 && options.Below != FidelityAction.Refuse ? fidelity with { IsMarked = true }
        : fidelity.Probes > 0 && fidelity.Score >= options.Threshold ? fidelity : options.Below switch
        {
            FidelityAction.Refuse => throw new FidelityTooLowException(documentId, fidelity, options.Threshold),
            FidelityAction.Mark => fidelity with { IsMarked = true },
            _ => fidelity,
        };

    private async Task<IReadOnlyList<ProbeScore>> ScoreAsync(
        ReadOnlyMemory<int> segment, List<Continuation> probes, SummaryEmbeddings summary, string? adapter, int max,
        CancellationToken cancellationToken)
    {
        if (probes.Count == 0)
        {
            return [];
        }

        IReadOnlyList<ContinuationScore> raw = await _scorer.ScoreAsync(
            new ScoringRequest([], segment, probes, adapter), cancellationToken).ConfigureAwait(false);

        // A probe that the model cannot answer from the raw text tells nothing about compression.
        int[] told = [.. Enumerable.Range(0, probes.Count).Where(i => raw[i].IsGreedy).Take(max)];
        if (told.Length == 0)
        {
            return [];
        }

        Continuation[] kept = [.. told.Select(i => probes[i])];
        IReadOnlyList<ContinuationScore> nothing = await _scorer.ScoreAsync(
            new ScoringRequest([], default, kept, adapter), cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ContinuationScore> read = await _scorer.ScoreAsync(
            new ScoringRequest([summary], default, kept, adapter), cancellationToken).ConfigureAwait(false);
        return [.. told.Select((probe, place) => new ProbeScore(
            raw[probe].LogProbability, read[place].LogProbability, nothing[place].LogProbability, read[place].IsGreedy))];
    }

    /// <summary>Words left out of each segment's sentences.</summary>
    private List<Continuation>[] OfText(string text, CutDocument cut)
    {
        IReadOnlyList<TextToken> tokens = layers.Tokenizer.EncodeWithOffsets(text);
        var probes = new List<Continuation>[cut.Segments.Count];
        int from = 0;
        for (int i = 0; i < probes.Length; i++)
        {
            int to = from + cut.Segments[i].Length;
            int end = to < tokens.Count ? tokens[to].Start : text.Length;
            probes[i] = [.. ClozeProbes.Find(text, tokens[from].Start, end, TriedPerProbe * options.ProbesPerSegment)
                .Select(place => Continue(text[place.Start..place.Word].TrimEnd(), text[place.Start..place.End]))
                .OfType<Continuation>()];
            from = to;
        }

        return probes;
    }

    /// <summary>Assigns each of the caller's questions to the segment that contains its answer and matches it best.</summary>
    private List<Continuation>[] Given(IReadOnlyList<FidelityProbe> given, string? adapter, string text, CutDocument cut)
    {
        IReadOnlyList<TextToken> tokens = layers.Tokenizer.EncodeWithOffsets(text);
        var words = new Bm25Index();
        var pieces = new List<string>();
        int from = 0;
        foreach (ReadOnlyMemory<int> segment in cut.Segments)
        {
            int to = from + segment.Length;
            pieces.Add(text[tokens[from].Start..(to < tokens.Count ? tokens[to].Start : text.Length)]);
            words.Add(pieces.Count - 1, pieces[^1]);
            from = to;
        }

        var probes = new List<Continuation>[pieces.Count];
        for (int i = 0; i < probes.Length; i++)
        {
            probes[i] = [];
        }

        foreach (FidelityProbe probe in given)
        {
            IReadOnlyDictionary<long, double> fits = words.Score($"{probe.Question} {probe.Answer}");
            int best = Enumerable.Range(0, pieces.Count)
                .OrderByDescending(i => pieces[i].Contains(probe.Answer, StringComparison.OrdinalIgnoreCase))
                .ThenByDescending(i => fits.GetValueOrDefault(i))
                .First();
            if (Asked(layers.Prompts.For(adapter), probe, adapter) is { } asked)
            {
                probes[best].Add(asked);
            }
        }

        return probes;
    }

    private Continuation? Asked(PromptTemplate template, FidelityProbe probe, string? adapter)
    {
        if (template.Turn is not null || layers.PromptEnd.Count > 0)
        {
            int[] answer = [.. layers.Tokenizer.Encode(probe.Answer)];
            return answer.Length > 0
                ? new Continuation(layers.EncodePrompt(probe.Question, adapter).Join([]), answer)
                : null;
        }

        string prompt = template.Format(probe.Question);
        return Continue(prompt, $"{prompt} {probe.Answer}");
    }

    /// <summary>Splits the ids of a text into those of its beginning and the rest; none if a token crosses the
    /// boundary.</summary>
    private Continuation? Continue(string beginning, string whole)
    {
        int[] cue = [.. layers.Tokenizer.Encode(beginning)];
        int[] all = [.. layers.Tokenizer.Encode(whole)];
        return cue.Length > 0 && all.Length > cue.Length && all.AsSpan().StartsWith(cue)
            ? new Continuation(cue, all.AsMemory(cue.Length))
            : null;
    }
}
