namespace LLoCO.Evaluation.DataSets;

/// <summary>This library's own question files; see <see cref="QuestionFile"/>.</summary>
public sealed class JsonLinesReader : IQuestionReader
{
    /// <inheritdoc/>
    public IEnumerable<QuestionItem> Read(string path, Action<BrokenLine>? skip = null) => QuestionFile.Stream(path, skip);
}
