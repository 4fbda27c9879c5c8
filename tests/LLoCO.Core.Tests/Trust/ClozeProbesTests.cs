using LLoCO.Core.Trust;
using Xunit;

namespace LLoCO.Core.Tests.Trust;

public sealed class ClozeProbesTests
{
    [Theory]
    [InlineData("Garwyn Westley joined us at Manila.", "Manila")]
    [InlineData("We counted the barrels and found 1,240 of them sound.", "1,240")]
    [InlineData("The wind stood steadily in the same quarter.", "quarter")]
    [InlineData("Every morning brought O'Neill-Baker to the quay.", "O'Neill-Baker")]
    public void Find_Sentence_LeavesOutItsLastNameOrNumberOrLongWord(string sentence, string expected)
    {
        ClozePlace place = Assert.Single(ClozeProbes.Find(sentence, 0, sentence.Length, 4));

        Assert.Equal((0, expected), (place.Start, sentence[place.Word..place.End]));
    }

    [Theory]
    [InlineData("At Manila he left.")]
    [InlineData("It was so and it was not.")]
    [InlineData("")]
    public void Find_NothingThatItsBeginningCouldTell_GivesNone(string sentence) =>
        Assert.Empty(ClozeProbes.Find(sentence, 0, sentence.Length, 4));

    [Fact]
    public void Find_MoreSentencesThanWanted_TakesNamesFirstAndSpreadsThem()
    {
        string text = string.Join(' ', new[] { "Anna", "Berta", "Clara", "Dora" }.Select(name =>
            $"On this watch came the brig {name}. There was nothing more of importance."));

        string[] words = [.. ClozeProbes.Find(text, 0, text.Length, 2).Select(place => text[place.Word..place.End])];
        string[] all = [.. ClozeProbes.Find(text, 0, text.Length, 5).Select(place => text[place.Word..place.End])];

        Assert.Equal(["Anna", "Clara"], words);
        Assert.Equal(["Anna", "importance", "Berta", "Clara", "Dora"], all);
    }

    [Fact]
    public void Find_Stretch_StaysInIt()
    {
        const string Text = "The first man came from Oslo. The second man came from Riga.";

        ClozePlace place = Assert.Single(ClozeProbes.Find(Text, 30, Text.Length, 4));

        Assert.Equal((30, "Riga"), (place.Start, Text[place.Word..place.End]));
    }
}
