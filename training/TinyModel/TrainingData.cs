using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;

namespace LLoCO.Models.Tiny.Training;

/// <summary>The public data that training uses: training splits only, and the books of <c>training/books.txt</c>.</summary>
/// <param name="folder">The folder with <c>babi</c>, <c>books</c>, <c>fairytaleqa</c>.</param>
/// <param name="bookList">The list of books, one file name a line.</param>
internal sealed class TrainingData(string folder, string bookList)
{
    private const int CharactersPerBook = 160_000;

    /// <summary>Gets the tasks of bAbI that are trained.</summary>
    internal static IReadOnlyList<string> BabiTasks { get; } = ["qa1", "qa2", "qa3", "qa5"];

    /// <summary>The books' files.</summary>
    internal IEnumerable<string> Books() =>
        File.ReadLines(bookList).Where(line => line.Length > 0).Select(line => Path.Combine(folder, "books", line));

    /// <summary>Each book's first characters, all that training sees of it.</summary>
    internal IEnumerable<string> BookTexts() =>
        Books().Select(File.ReadAllText).Select(text => text[..Math.Min(text.Length, CharactersPerBook)]);

    /// <summary>The books that training did not read.</summary>
    internal IReadOnlyList<string> OtherBooks() => BookFiles.Find(Path.Combine(folder, "books"), except: bookList);

    /// <summary>Lines of a bAbI task.</summary>
    internal IEnumerable<string> Babi(string task) => File.ReadLines(Path.Combine(folder, "babi", task + "_train.txt"));

    /// <summary>Questions of FairytaleQA with their stories.</summary>
    internal IEnumerable<QuestionItem> Fairytales() => new FairytaleReader().Read(Path.Combine(folder, "fairytaleqa", "questions", "train"));
}
