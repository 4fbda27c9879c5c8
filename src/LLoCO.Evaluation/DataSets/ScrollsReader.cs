using System.Text.Json;
using System.Text.Json.Serialization;

namespace LLoCO.Evaluation.DataSets;

/// <summary>SCROLLS (tau-nlp/scrolls) JSON lines of Qasper, NarrativeQA or QMSum: <c>{"id", "input", "output"}</c>, the first
/// line of <c>input</c> being the question and the rest the document, as the original cuts it.</summary>
/// <remarks>A question with several references has several lines with one id. It is returned once, with all references, at the
/// position of its first line. The file is therefore read twice.</remarks>
/// <param name="group">The group of the documents: <c>qasper</c>, <c>nqa</c> or <c>qmsum</c>, the names of the released
/// adapters.</param>
public sealed class ScrollsReader(string group) : IQuestionReader
{
    /// <inheritdoc/>
    public IEnumerable<QuestionItem> Read(string path, Action<BrokenLine>? skip = null)
    {
        DataSetLines.RequireFile(path);
        return Walk();

        IEnumerable<QuestionItem> Walk()
        {
            Dictionary<string, List<string?>> references = References(path);
            var texts = new SharedTexts();
            var seen = new HashSet<string>(StringComparer.Ordinal);
            IEnumerable<QuestionItem> items =
                DataSetLines.OfJson<Line>(path, skip, (line, _) => Items(line, references, texts, seen));
            foreach (QuestionItem item in items)
            {
                yield return item;
            }
        }
    }

    private IEnumerable<QuestionItem> Items(
        Line line, Dictionary<string, List<string?>> references, SharedTexts texts, HashSet<string> seen)
    {
        string id = DataSetFault.RequireText(line.Id, "id");
        string input = DataSetFault.RequireText(line.Input, "input").ReplaceLineEndings("\n");
        int end = input.IndexOf('\n', StringComparison.Ordinal);
        if (end <= 0)
        {
            throw new DataSetFault("'input' must be a question, a line break and a document.");
        }

        IReadOnlyList<string> answers = DataSetFault.RequireAnswers(references[id], "output");
        if (seen.Add(id))
        {
            // As the original: the empty line between question and document stays with the document.
            string document = input[(end + 1)..];
            (string documentId, string text) = texts.Share(document.EndsWith('\n') ? document[..^1] : document);
            yield return new QuestionItem(id, group, documentId, text, input[..end], answers, []);
        }
    }

    private static Dictionary<string, List<string?>> References(string path)
    {
        var references = new Dictionary<string, List<string?>>(StringComparer.Ordinal);
        foreach ((byte[] json, _) in JsonObjects.Read(path))
        {
            if (TryParse(json) is { Id: { } id } line)
            {
                if (!references.TryGetValue(id, out List<string?>? outputs))
                {
                    references.Add(id, outputs = []);
                }

                outputs.Add(line.Output);
            }
        }

        return references;
    }

    private static Line? TryParse(byte[] json)
    {
        try
        {
            return DataSetJson.Parse<Line>(json);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or DataSetFault)
        {
            // The second pass over the file reports it.
            return null;
        }
    }

    private sealed record Line(
        [property: JsonPropertyName("id")] string? Id,
        [property: JsonPropertyName("input")] string? Input,
        [property: JsonPropertyName("output")] string? Output);
}
