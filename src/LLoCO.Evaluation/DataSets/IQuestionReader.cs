using LLoCO.Core;

namespace LLoCO.Evaluation.DataSets;

/// <summary>Reads the questions of a data set from its file as published. Implementations hold no state between reads and are
/// safe for concurrent use.</summary>
public interface IQuestionReader
{
    /// <summary>Reads the questions lazily, so that a file need not fit in memory.</summary>
    /// <param name="path">The file, or the folder where the data set is one.</param>
    /// <param name="skip">Called for every broken line, which is then skipped; with <see langword="null"/>, a broken line is an
    /// error.</param>
    /// <returns>The questions in file order. The same document has the same <see cref="QuestionItem.DocumentId"/>, on every line,
    /// so that it is compressed once.</returns>
    /// <exception cref="LlocoException">The path is not there, or a line is broken and <paramref name="skip"/> is
    /// <see langword="null"/>; the message names file, line and fault.</exception>
    IEnumerable<QuestionItem> Read(string path, Action<BrokenLine>? skip = null);
}

/// <summary>A line that does not have the format of its data set.</summary>
/// <param name="File">The file.</param>
/// <param name="Line">Its number, from 1; of something that spans lines, the first.</param>
/// <param name="Fault">What is wrong with it.</param>
public sealed record BrokenLine(string File, long Line, string Fault)
{
    /// <summary>Describes the line and its fault.</summary>
    /// <returns>File, line and fault.</returns>
    public override string ToString() => $"{File}, line {Line}: {Fault}";
}
