using LLoCO.Core.Tokenization;
using LLoCO.Evaluation;
using LLoCO.Models.Tiny;
using LLoCO.Models.Tiny.Training;
using Xunit;

namespace LLoCO.Core.Tests.Models;

/// <summary>What the model is compared with by the checks of stories and books.</summary>
public sealed class BarCheckTests
{
    [Fact]
    public void Exchanged_Questions_GetTheStoryThatFollowsTheirOwn()
    {
        QuestionItem[] all = [Item("1", "a"), Item("2", "a"), Item("3", "b"), Item("4", "c")];

        QuestionItem[] exchanged = StoryCheck.Exchanged([all[0], all[3]], all);

        Assert.Equal([("1", "b", "story b"), ("4", "a", "story a")], exchanged.Select(item => (item.Id, item.DocumentId!, item.Document!)));
    }

    [Fact]
    public void Frequencies_OfTexts_SumToOneAndRankWhatIsFrequent()
    {
        ITokenizer tokenizer = TokenizerFile.Load(TinyModel.Package.Folder);

        double[] frequencies = BookCheck.Frequencies(["the the\nthe", "the captain"], tokenizer);

        Assert.Equal(1, frequencies.Sum(Math.Exp), 9);
        int the = tokenizer.Encode("the the")[^1];
        Assert.Equal(frequencies.Max(), frequencies[the]);
        Assert.Equal(frequencies.Min(), frequencies[tokenizer.Encode("storm")[^1]]);
    }

    private static QuestionItem Item(string id, string story) => new(id, "fairytale", story, "story " + story, "Who?", ["x"], []);
}
