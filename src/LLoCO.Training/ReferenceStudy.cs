using LLoCO.Core;
using LLoCO.Core.Trust;

namespace LLoCO.Training;

/// <summary>Measures documents of the kinds that a model's adapters read, for the file <c>reference.json</c> beside the model, by which
/// documents of other kinds are noticed. Not safe for concurrent use.</summary>
/// <param name="pipeline">The model; stays the caller's.</param>
public sealed class ReferenceStudy(LlocoPipeline pipeline)
{
    private const int MinDocuments = 4;
    private const int MinQuestions = 100;

    private readonly SortedDictionary<string, List<(int[] Tokens, DocumentFamiliarity Figures)>> _kinds =
        new(StringComparer.Ordinal);

    private readonly Dictionary<string, List<int[]>> _questions = new(StringComparer.Ordinal);

    /// <summary>Adds a question.</summary>
    /// <param name="kind">Name of the adapter that answers it.</param>
    /// <param name="question">The question.</param>
    public void AddQuestion(string kind, string question)
    {
        if (!_questions.TryGetValue(kind, out List<int[]>? questions))
        {
            _questions.Add(kind, questions = []);
        }

        questions.Add([.. pipeline.Tokenizer.Encode(question)]);
    }

    /// <summary>Measures a document.</summary>
    /// <param name="kind">Name of the adapter that reads it.</param>
    /// <param name="text">Its text; not blank.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Its figures.</returns>
    /// <exception cref="LlocoException">The loss cannot be measured: the decoder is the caller's own and scores no words.</exception>
    public async Task<DocumentFamiliarity> AddAsync(string kind, string text, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(kind);
        DocumentFamiliarity figures = await pipeline.MeasureFamiliarityAsync(text, cancellationToken).ConfigureAwait(false);
        if (figures.Loss is null)
        {
            throw new LlocoException("The loss of a document could not be measured. Use the library's own decoder, and documents of "
                + "more than one token.");
        }

        if (!_kinds.TryGetValue(kind, out List<(int[] Tokens, DocumentFamiliarity Figures)>? documents))
        {
            _kinds.Add(kind, documents = []);
        }

        documents.Add(([.. pipeline.Tokenizer.Encode(text)], figures));
        return figures;
    }

    /// <summary>Writes what was measured into a model's folder, beside the kinds that its file holds already.</summary>
    /// <param name="folder">The model's folder; <see langword="null"/> to write nothing.</param>
    /// <returns>A line for each kind.</returns>
    /// <exception cref="LlocoException">A kind has fewer than four documents, or there is no such folder.</exception>
    public IReadOnlyList<ReferenceLine> Write(string? folder)
    {
        var measured = _kinds.ToDictionary(kind => kind.Key, kind => Sum(kind.Key, kind.Value), StringComparer.Ordinal);
        if (measured.Count == 0)
        {
            throw new LlocoException("No document was measured. Give a data set whose questions are about documents.");
        }

        if (folder is not null)
        {
            Keep(folder, measured);
        }

        return [.. measured.Select(kind => new ReferenceLine(
            kind.Key, kind.Value.Documents, kind.Value.PiecesPerWord.Mean, kind.Value.Loss.Mean, kind.Value.Unknown.Mean,
            kind.Value.Unknown.Limit))];
    }

    private void Keep(string folder, Dictionary<string, KindReference> measured)
    {
        if (!Directory.Exists(folder))
        {
            throw new LlocoException($"'{folder}' does not exist. Name the folder of the model.");
        }

        var all = new Dictionary<string, KindReference>(StringComparer.Ordinal);
        if (ModelReference.Read(folder) is { } known && known.Fingerprint == pipeline.Fingerprint)
        {
            all = new Dictionary<string, KindReference>(known.Kinds, StringComparer.Ordinal);
        }

        foreach ((string name, KindReference kind) in measured)
        {
            all[name] = kind;
        }

        new ModelReference { Fingerprint = pipeline.Fingerprint, Kinds = all }.Write(folder);
    }

    private KindReference Sum(string kind, List<(int[] Tokens, DocumentFamiliarity Figures)> documents)
    {
        if (documents.Count < MinDocuments)
        {
            throw new LlocoException($"{documents.Count} documents say little about '{kind}'. Give at least {MinDocuments}, better 20 "
                + "and more, of various lengths.");
        }

        // Half of them say which tokens the kind uses, the others how many more a further document has.
        byte[] half = Bits(documents.Where((_, place) => place % 2 == 0).Select(one => one.Tokens));
        List<int[]> questions = _questions.GetValueOrDefault(kind) ?? [];
        byte[] asked = Bits(questions.Where((_, place) => place % 2 == 0));
        return new KindReference(
            documents.Count,
            FigureRange.Create([.. documents.Select(one => one.Figures.PiecesPerWord)]),
            FigureRange.Create([.. documents.Select(one => one.Figures.Loss!.Value)]),
            FigureRange.Create([.. documents.Where((_, place) => place % 2 == 1).Select(one => KindReference.ShareUnknown(half, one.Tokens))]),
            Bits(documents.Select(one => one.Tokens)))
        {
            Questions = questions.Count < MinQuestions
                ? null
                : FigureRange.Create(
                    [.. questions.Where((_, place) => place % 2 == 1).Select(one => KindReference.ShareUnknown(asked, one))]),
            QuestionPieces = Bits(questions),
        };
    }

    private byte[] Bits(IEnumerable<int[]> texts)
    {
        byte[] bits = new byte[(pipeline.Tokenizer.VocabularySize + 7) / 8];
        foreach (int id in texts.SelectMany(tokens => tokens))
        {
            bits[id / 8] |= (byte)(1 << (id % 8));
        }

        return bits;
    }
}

/// <summary>What documents of one kind look like to a model.</summary>
/// <param name="Kind">Name of the adapter that reads them.</param>
/// <param name="Documents">Documents that were measured.</param>
/// <param name="PiecesPerWord">Their mean tokens per word.</param>
/// <param name="Loss">Their mean loss of a token under the base model, in nats.</param>
/// <param name="Unknown">Mean share of a document's tokens that others of its kind do not use, 0 to 1.</param>
/// <param name="MaxUnknown">The largest share that a document of the kind may have.</param>
public sealed record ReferenceLine(
    string Kind, int Documents, double PiecesPerWord, double Loss, double Unknown, double MaxUnknown);
