using System.Globalization;
using LLoCO.Core;

namespace LLoCO.Evaluation.DataSets;

/// <summary>bAbI (arXiv 1502.05698) text files: lines <c>N fact</c> and <c>N question TAB answer TAB supporting lines</c>; N
/// starts at 1 again with each story. The document of a question consists of the facts before it.</summary>
/// <param name="haystack">Hides the facts in book text, as BABILong does; <see langword="null"/> for the facts alone.</param>
/// <param name="only">Ids of the questions to read, so that no other documents are composed; all with
/// <see langword="null"/>.</param>
public sealed class BabiReader(BabiLongHaystack? haystack = null, IReadOnlySet<string>? only = null) : IQuestionReader
{
    /// <inheritdoc/>
    public IEnumerable<QuestionItem> Read(string path, Action<BrokenLine>? skip = null)
    {
        DataSetLines.RequireFile(path);
        return Walk();

        IEnumerable<QuestionItem> Walk()
        {
            var texts = new SharedTexts();
            var facts = new List<string>();
            long number = 0;
            foreach (string line in TextFile.ReadLines(path))
            {
                number++;
                if (!string.IsNullOrWhiteSpace(line))
                {
                    string id = $"{Path.GetFileNameWithoutExtension(path)}_{number}";
                    foreach (QuestionItem item in DataSetLines.Guard(path, number, skip, () => Items(line, id, facts, texts)))
                    {
                        yield return item;
                    }
                }
            }
        }
    }

    private IEnumerable<QuestionItem> Items(string line, string id, List<string> facts, SharedTexts texts)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space <= 0 || !int.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            throw new DataSetFault("a line must begin with its number and a space.");
        }

        if (number == 1)
        {
            facts.Clear();
        }

        string[] fields = line[(space + 1)..].Split('\t');
        if (fields.Length == 1)
        {
            facts.Add(DataSetFault.RequireText(fields[0], "fact").Trim());
            return [];
        }

        if (only?.Contains(id) == false)
        {
            return [];
        }

        string answer = DataSetFault.RequireText(fields[1], "answer").Trim();
        string document = haystack is null ? string.Join('\n', facts) : haystack.Hide(facts, id);
        (string documentId, string text) = texts.Share(document);
        return
        [
            new QuestionItem(
                id, "babi", documentId, text,
                DataSetFault.RequireText(fields[0], "question").Trim(), Accepted(answer), []),
        ];
    }

    // A list ("milk,football") is also accepted with spaces; normalisation would otherwise join its words.
    private static string[] Accepted(string answer) =>
        answer.Contains(',', StringComparison.Ordinal) ? [answer, answer.Replace(",", ", ", StringComparison.Ordinal)] : [answer];
}
