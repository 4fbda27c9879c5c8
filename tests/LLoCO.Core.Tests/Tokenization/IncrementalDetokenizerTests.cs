using LLoCO.Core.Tokenization;
using LLoCO.Training.Tokenization;

namespace LLoCO.Core.Tests.Tokenization;

public sealed class IncrementalDetokenizerTests
{
    // 🦙 = F0 9F A6 99; byte piece of value v has id v + 3.
    private static readonly int[] Llama = [0xF0 + 3, 0x9F + 3, 0xA6 + 3, 0x99 + 3];

    private static readonly SentencePieceTokenizer Tokenizer = Train();

    [Theory]
    [InlineData("two words two words")]
    [InlineData("  leading and   inner  spaces ")]
    [InlineData("🦙 é 漢字🦙🦙 \t\n end")]
    public void Append_EveryId_GivesTheTextPutTogether(string text)
    {
        var detokenizer = new IncrementalDetokenizer(Tokenizer);
        List<string> parts = [.. Tokenizer.Encode(text).Select(detokenizer.Append)];

        Assert.Equal(text, string.Concat(parts));
        Assert.DoesNotContain(parts, part => part.Contains('\uFFFD'));
        Assert.Empty(detokenizer.Flush());
    }

    [Fact]
    public void Append_CharacterOfFourBytes_IsShownWhole()
    {
        var detokenizer = new IncrementalDetokenizer(Tokenizer);

        Assert.Equal(["", "", "", "🦙"], Llama.Select(detokenizer.Append));
    }

    [Fact]
    public void Append_TextBeforeHalfACharacter_IsNotHeldBack()
    {
        var detokenizer = new IncrementalDetokenizer(Tokenizer);
        int word = Assert.Single(Tokenizer.Encode("words"));

        Assert.Equal("words", detokenizer.Append(word));
        Assert.Equal("", detokenizer.Append(Llama[0]));
        Assert.Equal("\uFFFD words", detokenizer.Append(word)); // the broken character is settled now
    }

    [Fact]
    public void Append_ControlIdsAndLoneSpaces_KeepTheSpaces()
    {
        int space = Tokenizer.Encode(" 7")[1];
        int word = Assert.Single(Tokenizer.Encode("words"));
        int[] ids = [1, word, 2, 1, word, space, 2, space, word, 2, word];
        var detokenizer = new IncrementalDetokenizer(Tokenizer);

        Assert.Equal("words words   words words", string.Concat(ids.Select(detokenizer.Append)));
        Assert.Equal("words words   words words", Tokenizer.Decode(ids));
    }

    [Fact]
    public void Flush_WithinACharacter_GivesTheReplacementCharacterAndStartsAnew()
    {
        var detokenizer = new IncrementalDetokenizer(Tokenizer);

        Assert.Equal("", detokenizer.Append(Llama[0]));
        Assert.Equal("\uFFFD", detokenizer.Flush());
        Assert.Equal("words", detokenizer.Append(Assert.Single(Tokenizer.Encode("words"))));
    }

    private static SentencePieceTokenizer Train()
    {
        using var stream = new MemoryStream();
        SentencePieceTrainer.Train(
            ["two words two words and leading inner spaces end 7"], new() { RequiredWords = ["words"] }, stream);
        stream.Position = 0;
        return SentencePieceTokenizer.Load(stream);
    }
}
