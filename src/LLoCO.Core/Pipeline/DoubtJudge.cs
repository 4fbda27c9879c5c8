using System.Globalization;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Trust;

namespace LLoCO.Core.Pipeline;

/// <summary>Finds what speaks against answers from a document before any is given: nobody was trained to read it, or its text is not
/// of the kind that the adapter reads.</summary>
internal sealed class DoubtJudge(PipelineLayers layers)
{
    private const string PlainText = "The first ship of the morning came in with the tide, and the men on the quay took her lines.";

    // Other languages of a tokenizer take up to twice the tokens of plain English; what takes more is spelled.
    private const double MaxTimesPlain = 2.5;

    // Of the tokenizer itself: one of letters or bytes spells everything, and its model is used to that.
    private readonly Lazy<double> _maxPiecesPerWord = new(() =>
        MaxTimesPlain * layers.Tokenizer.Encode(PlainText).Count / DocumentFamiliarity.CountWords(PlainText));

    /// <summary>Judges who reads.</summary>
    /// <param name="adapter">The adapter that reads summary embeddings; <see langword="null"/> for the base model.</param>
    /// <param name="group">The documents' group.</param>
    /// <returns>At most one doubt.</returns>
    public IEnumerable<Doubt> JudgeReader(string? adapter, string group)
    {
        if (adapter is null)
        {
            yield return new Doubt(DoubtReason.NoAdapter, layers.Decoder.Adapters.Contains(group)
                ? $"the base model reads the document, not the adapter of its group '{group}'"
                : $"no adapter was trained for documents of the group '{group}', so the base model reads them and how often it is right "
                    + "is not known");
        }
        else if (layers.Reference?.Kinds.ContainsKey(adapter) is true)
        {
            // Its documents were measured: whether this is one says JudgeText, whatever its group is called.
        }
        else if (adapter != group)
        {
            yield return new Doubt(
                DoubtReason.OtherAdapter, $"the adapter '{adapter}' was not trained for documents of the group '{group}'");
        }
        else if (layers.Reference is not null)
        {
            yield return new Doubt(
                DoubtReason.OtherAdapter,
                $"which documents the adapter '{adapter}' reads was not measured (lloco reference measures it)");
        }
    }

    /// <summary>Judges a document's text.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="familiarity">What was measured; <see langword="null"/> where nothing was.</param>
    /// <param name="adapter">The adapter that reads; with <see langword="null"/> the kind counts that fits best.</param>
    /// <returns>At most one doubt.</returns>
    public IEnumerable<Doubt> JudgeText(string documentId, DocumentFamiliarity? familiarity, string? adapter)
    {
        IReadOnlyList<string> faults = Faults(familiarity, adapter);
        return faults.Count == 0 ? [] : [About(DoubtReason.OtherText, documentId, string.Join(", ", faults))];
    }

    /// <summary>Judges a question by those that the adapter was trained to answer.</summary>
    /// <param name="question">The question.</param>
    /// <param name="adapter">The adapter; <see langword="null"/> for the base model.</param>
    /// <returns>At most one doubt.</returns>
    public IEnumerable<Doubt> JudgeQuestion(string question, string? adapter)
    {
        if (adapter is not null && layers.Reference?.Kinds.GetValueOrDefault(adapter) is { } kind
            && kind.IsOtherQuestion([.. layers.Tokenizer.Encode(question)]))
        {
            yield return new Doubt(
                DoubtReason.QuestionElsewhere, $"the question is not of the kind that the adapter '{adapter}' was trained to answer");
        }
    }

    /// <summary>Makes the doubt about a document that is marked.</summary>
    /// <param name="documentId">The document.</param>
    public static Doubt Marked(string documentId) => About(
        DoubtReason.LowFidelity, documentId, "its fidelity is low or could not be measured, so that its summary may have lost what is asked");

    private static Doubt About(DoubtReason reason, string documentId, string fault) =>
        new(reason, $"document '{documentId}': {fault}");

    private IReadOnlyList<string> Faults(DocumentFamiliarity? familiarity, string? adapter)
    {
        if (layers.Reference is { Kinds.Count: > 0 } reference)
        {
            IEnumerable<string> kinds = adapter is null ? reference.Kinds.Keys : reference.Kinds.Keys.Where(kind => kind == adapter);
            return kinds.Select(kind => Against(kind, reference.Kinds[kind], familiarity))
                .OrderBy(faults => faults.Count).FirstOrDefault() ?? [];
        }

        return familiarity?.PiecesPerWord > _maxPiecesPerWord.Value
            ? [string.Create(
                CultureInfo.InvariantCulture,
                $"a word takes {familiarity.PiecesPerWord:F1} tokens, so the model's tokenizer hardly knows its words")]
            : [];
    }

    // Figures from before the kind was measured, or from an older version of the library, do not speak of it.
    private static IReadOnlyList<string> Against(string kind, KindReference reference, DocumentFamiliarity? familiarity) =>
        familiarity is { Loss: not null } && familiarity.Unknown.ContainsKey(kind)
            ? reference.Judge(familiarity, kind)
            : [$"its text was not compared with documents of '{kind}' when it was ingested (ingest it anew)"];
}
