using LLoCO.Core.Tests.Fakes;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Core.Tests.SelfStudy;

/// <summary>One token is one character here, so lengths can be read off the text.</summary>
public sealed class StudyChunksTests
{
    [Fact]
    public void Cut_Sentences_EndsStretchesWithThem()
    {
        const string Text = "One two three. Four five six. Seven eight nine ten.\n\nEleven. ";

        Assert.Equal(
            ["One two three. Four five six.", "Seven eight nine ten.\n\nEleven."], Cut(Text, 32));
    }

    [Fact]
    public void Cut_SentenceLongerThanAStretch_IsCutBetweenWords() =>
        Assert.Equal(["aaaa bbbb cccc", "dddd eeee ffff", "gggg."], Cut("aaaa bbbb cccc dddd eeee ffff gggg.", 16));

    [Fact]
    public void Cut_TextThatFits_IsOneStretch() => Assert.Equal(["A b. C d."], Cut(" A b. C d.\n", 64));

    [Fact]
    public void Cut_BlankText_IsNone() => Assert.Empty(Cut(" \n ", 64));

    [Fact]
    public void Cut_LongText_HoldsEveryWordOnceAndNoStretchIsTooLong()
    {
        string text = string.Concat(Enumerable.Range(0, 400).Select(day => $"Day {day}: storm{(day % 7 == 0 ? ".\n\n" : ", ")}"));

        IReadOnlyList<string> chunks = Cut(text, 100);

        Assert.All(chunks, chunk => Assert.InRange(chunk.Length, 1, 100));
        Assert.Equal(Words(text), chunks.SelectMany(Words));
    }

    private static IReadOnlyList<string> Cut(string text, int max) =>
        [.. StudyChunks.Cut(text, new CharacterTokenizer(), max).Select(chunk => text.Substring(chunk.Start, chunk.Length))];

    private static IEnumerable<string> Words(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
