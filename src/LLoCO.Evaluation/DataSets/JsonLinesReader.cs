namespace LLoCO.Evaluation.DataSets;

/// <summary>This library's own question files; see <see cref="QuestionFile"/>.</summary>
/// <param name="documents">Gives the text of a document's file, as for <see cref="QuestionFile.Read"/>.</param>
public sealed class JsonLinesReader(Func<string, string>? documents = null) : IQuestionReader
{
    /// <inheritdoc/>
    public IEnumerable<QuestionItem> Read(string path, Action<BrokenLine>? skip = null) => QuestionFile.Stream(path, skip, documents);
}
