using LLoCO.Core.Tests.Tokenization;
using LLoCO.Core.Tokenization;
using LLoCO.Evaluation;
using LLoCO.Evaluation.DataSets;
using Xunit;

namespace LLoCO.Core.Tests.Evaluation.DataSets;

/// <summary>The published files beside the repository; counts are facts about them, taken with other tools.</summary>
public sealed class SharedDataSetTests
{
    [Fact]
    public void Quality_Example_HasTwoLinesOfOneArticle()
    {
        QuestionItem[] items = Read("quality", "quality/quality_example.jsonl");

        Assert.Equal(10, items.Length);
        Assert.Equal("52845_YLZPNNYD_1", items[0].Id);
        Assert.StartsWith("THE GIRL IN HIS MIND\n\nBy ROBERT F. YOUNG\n\n", items[0].Document, StringComparison.Ordinal);
        Assert.DoesNotContain("<p", items[0].Document!, StringComparison.Ordinal);
        Assert.StartsWith("B. Because Deirdre has fallen in love", items[0].Answers[0], StringComparison.Ordinal);
        Assert.Single(items.Select(item => item.DocumentId).Distinct());
    }

    [Fact]
    public void Qmsum_Validation_Has35Meetings()
    {
        QuestionItem[] items = Read("qmsum", "qmsum/val.jsonl");

        Assert.Equal(35, items.Select(item => item.DocumentId).Distinct().Count());
        Assert.Equal(272, items.Length);
        Assert.StartsWith("Professor E: So . OK .", items[0].Document, StringComparison.Ordinal);
    }

    [Fact]
    public void Hotpot_Training_Has100QuestionsOfTenParagraphs()
    {
        QuestionItem[] items = Read("hotpotqa", "hotpotqa/hotpotqa_train.json");

        Assert.Equal(100, items.Length);
        Assert.Equal("If Gallu is a demon Lilu is what?", items[0].Question);
        Assert.StartsWith("Demon Dice\nDemon Dice, originally published", items[0].Document, StringComparison.Ordinal);
    }

    [Fact]
    public void Fairytale_Validation_HasEveryQuestionAndItsStory()
    {
        QuestionItem[] items = Read("fairytaleqa", "fairytaleqa/questions/val");

        Assert.Equal(1025, items.Length);
        Assert.Equal(23, items.Select(item => item.DocumentId).Distinct().Count());
        Assert.Equal(55400, items.DistinctBy(item => item.DocumentId)
            .Sum(item => item.Document!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length));
    }

    [Fact]
    public void Babi_Validation_HasEveryQuestion()
    {
        QuestionItem[] items = Read("babi", "babi/qa1_valid.txt");

        Assert.Equal(1000, items.Length);
        Assert.All(items, item => Assert.Contains(item.Answers[0], item.Document!, StringComparison.Ordinal));
    }

    [Fact]
    public void BabiLong_AnyBudget_KeepsFactsInOrderWithinIt()
    {
        ITokenizer tokenizer = TokenizerFile.Load(SharedTokenizers.Require("llama2/tokenizer.model"));
        IReadOnlyList<string> books = BookFiles.Find(SharedData.Require("books"));
        string stories = SharedData.Require("babi/qa2_valid.txt");
        QuestionItem[] plain = [.. new BabiReader().Read(stories).Take(3)];
        QuestionItem[] hidden = [.. new BabiReader(new BabiLongHaystack(books, tokenizer, 2000, 7)).Read(stories).Take(3)];
        QuestionItem[] again = [.. new BabiReader(new BabiLongHaystack(books, tokenizer, 2000, 7)).Read(stories).Take(3)];
        QuestionItem[] other = [.. new BabiReader(new BabiLongHaystack(books, tokenizer, 2000, 8)).Read(stories).Take(3)];

        Assert.Equal(hidden.Select(item => item.Document), again.Select(item => item.Document));
        Assert.NotEqual(hidden[0].Document, other[0].Document);
        for (int i = 0; i < plain.Length; i++)
        {
            Assert.InRange(tokenizer.Encode(hidden[i].Document!).Count, 1700, 2000);
            int from = 0;
            foreach (string fact in plain[i].Document!.Split('\n'))
            {
                int at = hidden[i].Document!.IndexOf(fact, from, StringComparison.Ordinal);
                Assert.True(at >= 0, $"'{fact}' is missing or out of order.");
                from = at + fact.Length;
            }

            Assert.Equal((plain[i].Question, plain[i].Answers[0]), (hidden[i].Question, hidden[i].Answers[0]));
        }
    }

    private static QuestionItem[] Read(string format, string path) =>
        [.. DataSetFormats.ByName(format).Reader.Read(SharedData.Require(path))];
}
