using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;

namespace LLoCO.Tool;

/// <summary>A data set of an evaluation. It is read again for each use, so that its documents need not be kept in
/// memory.</summary>
/// <param name="Name">Name in the results; empty where there is only one.</param>
/// <param name="Path">The file or folder.</param>
/// <param name="Format">Its format.</param>
/// <param name="Haystack">Where its facts are hidden; <see langword="null"/> where they are not.</param>
/// <param name="SkipsBroken">Whether broken lines are passed over.</param>
/// <param name="Limit">Most questions.</param>
/// <param name="Documents">Most documents.</param>
internal sealed record NamedDataSet(
    string Name, string Path, DataSetFormat Format, BabiLongHaystack? Haystack, bool SkipsBroken, int Limit, int Documents)
{
    private HashSet<int> _chosen = [];

    /// <summary>Gets the ids of documents, by their facts, about which nothing is asked.</summary>
    public IReadOnlySet<string> Except { get; init; } = new HashSet<string>();

    /// <summary>Gets how many questions are about these.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Gets the number of questions that <see cref="Read"/> gives.</summary>
    public int Count => _chosen.Count;

    /// <summary>Reads through the data set and chooses its questions: all, or as many as the limit says, spread evenly, since the
    /// first ones are often about the beginning of a document.</summary>
    /// <param name="skip">Called for broken lines; with <see langword="null"/>, a broken line is an error.</param>
    public void Choose(Action<BrokenLine>? skip)
    {
        // Reads the facts only; documents are composed only for the chosen questions.
        IQuestionReader reader = Haystack is null ? Format.Reader : new BabiReader();
        LeftOut = Except.Count == 0 ? 0 : reader.Read(Path, _ => { }).Count(item => !IsAskedAbout(item));
        int count = OfFirstDocuments(reader.Read(Path, skip).Where(IsAskedAbout)).Count();
        int chosen = Math.Min(count, Limit);
        _chosen = [.. Enumerable.Range(0, chosen).Select(i => (int)((long)i * count / chosen))];
    }

    /// <summary>Reads the chosen questions lazily. Broken lines were reported when the questions were chosen.</summary>
    public IEnumerable<QuestionItem> Read()
    {
        Action<BrokenLine>? silent = SkipsBroken ? _ => { } : null;
        if (Haystack is null)
        {
            return Chosen(OfFirstDocuments(Format.Reader.Read(Path, silent).Where(IsAskedAbout)));
        }

        HashSet<string> ids = [.. Chosen(OfFirstDocuments(new BabiReader().Read(Path, silent).Where(IsAskedAbout))).Select(item => item.Id)];
        return new BabiReader(Haystack, ids).Read(Path, silent);
    }

    private bool IsAskedAbout(QuestionItem item) => item.DocumentId is null || !Except.Contains(item.DocumentId);

    private IEnumerable<QuestionItem> Chosen(IEnumerable<QuestionItem> items) =>
        items.Where((_, place) => _chosen.Contains(place));

    private IEnumerable<QuestionItem> OfFirstDocuments(IEnumerable<QuestionItem> items)
    {
        var documents = new HashSet<string>(StringComparer.Ordinal);
        return items.TakeWhile(item => item.DocumentId is null || documents.Contains(item.DocumentId)
            || (documents.Count < Documents && documents.Add(item.DocumentId)));
    }
}
