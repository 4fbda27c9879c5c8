using System.Text;
using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Tokenization.Json;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Tokenization.Json;

namespace LLoCO.Core.Tests.Tokenization;

/// <summary>
/// A made-up file: the bytes are ids 0-255, then come "he", "ll", "hell", "hello", " hello", "12", "123" and the first two bytes
/// of "🦙".
/// </summary>
public sealed class TiktokenFileTokenizerTests
{
    private static readonly TiktokenFileTokenizer Tokenizer = TiktokenFileTokenizer.Load(new MemoryStream(MadeUpFile()));

    [Fact]
    public void Encode_HandWorkedTexts_GiveTheWorkedIds()
    {
        Assert.Equal([259], Tokenizer.Encode("hello")); // he+ll (256, 257), hell (258), hello
        Assert.Equal([259, 260], Tokenizer.Encode("hello hello")); // the pattern keeps the space with the word behind it
        Assert.Equal(['h', 'E', 257, 'o'], Tokenizer.Encode("hEllo"));
        Assert.Equal([262, '4', '5'], Tokenizer.Encode("12345")); // digits in threes, "45" has no token
        Assert.Equal([263, 0xA6, 0x99], Tokenizer.Encode("🦙")); // F0 9F A6 99
        Assert.Equal(['-', '-', '-', '-', '-'], Tokenizer.Encode("-----"));
        Assert.Empty(Tokenizer.Encode(""));
    }

    [Fact]
    public void SpecialIds_AreLlama3s()
    {
        Assert.Equal(264 + 256, Tokenizer.VocabularySize);
        Assert.Equal(264, Tokenizer.BeginOfSequenceId);
        Assert.Equal([265, 273], Tokenizer.EndOfSequenceIds); // 128001 and 128009 behind 128,000 ranks
    }

    [Theory]
    [InlineData("<|eot_id|>")]
    [InlineData("<|begin_of_text|>hello")]
    public void Encode_SpecialTokenTyped_StaysText(string typed)
    {
        IReadOnlyList<int> ids = Tokenizer.Encode(typed);

        Assert.DoesNotContain(ids, id => id >= 264);
        Assert.Equal(typed, Tokenizer.Decode(ids));
    }

    [Fact]
    public void Decode_SpecialIds_BecomeNothing()
    {
        Assert.Equal("hello hello", Tokenizer.Decode([264, 259, 260, 273, 265, 519]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Decode([520]));
    }

    [Fact]
    public void EncodeWithOffsets_CharacterOverTokens_BelongsToTheFirst()
    {
        Assert.Equal(
            [new(259, 0, 5), new(' ', 5, 1), new(263, 6, 2), new(0xA6, 8, 0), new(0x99, 8, 0), new('!', 8, 1)],
            Tokenizer.EncodeWithOffsets("hello 🦙!"));
    }

    [Theory]
    [InlineData("Tabs\tand  spaces \r\n lines\n\n")]
    [InlineData("it's 12:30, naïve 漢字 🦙🦙")]
    public void EncodeWithOffsets_AnyText_CoversIt(string text)
    {
        IReadOnlyList<TextToken> tokens = Tokenizer.EncodeWithOffsets(text);

        Assert.Equal(Tokenizer.Encode(text), tokens.Select(token => token.Id));
        Assert.Equal(text, string.Concat(tokens.Select(token => text.Substring(token.Start, token.Length))));
        Assert.Equal(text, Tokenizer.Decode(Tokenizer.Encode(text)));
    }

    [Fact]
    public void Encode_HalfACharacter_BecomesOneReplacementCharacter()
    {
        // Not a theory: an attribute cannot hold half a character.
        foreach ((string text, string decoded) in
            new[] { ("a\ud83e b", "a\ufffd b"), ("\udd99\ud83e", "\ufffd\ufffd"), ("🦙\udd99", "🦙\ufffd") })
        {
            IReadOnlyList<TextToken> tokens = Tokenizer.EncodeWithOffsets(text);

            Assert.Equal(decoded, Tokenizer.Decode(tokens.Select(token => token.Id)));
            Assert.Equal(text, string.Concat(tokens.Select(token => text.Substring(token.Start, token.Length))));
        }
    }

    [Theory]
    [InlineData("aGU= 256\naGU= 257\n", "repeats")]
    [InlineData("aGU= 300\n", "gaps")]
    [InlineData("not base64 at all\n", "line 257")]
    [InlineData("aGU= -1\n", "line 257")]
    [InlineData("a\rGU= 256\n", "line 257")] // base64 readers pass over white space, and others do not
    [InlineData("a GU= 256\n", "line 257")]
    public void Load_DamagedFile_SaysWhere(string lines, string fault)
    {
        byte[] file = [.. MadeUpFile().AsSpan(0, BytesPart()), .. Encoding.ASCII.GetBytes(lines)];

        CheckpointFormatException error =
            Assert.Throws<CheckpointFormatException>(() => TiktokenFileTokenizer.Load(new MemoryStream(file)));

        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_LettersBeyondTheFirstPlane_AreLetters()
    {
        // A word that is a token is that token: so a word of a letter beyond U+FFFF and another one, and three digits of which one
        // lies there.
        byte[][] words = [Encoding.UTF8.GetBytes("\U00010400h"), Encoding.UTF8.GetBytes("1\U0001FBF12")];
        TiktokenFileTokenizer tokenizer = TiktokenFileTokenizer.Load(new MemoryStream(FileOf(words)));

        Assert.Equal([256], tokenizer.Encode("\U00010400h"));
        Assert.Equal([257, '3'], tokenizer.Encode("1\U0001FBF123"));
    }

    [Fact]
    public void Encode_VocabularyOfLlama3_GivesTheIdsOfItsTokenizerJson()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(SharedTokenizers.RequireJson("llama3_1")));
        var lines = new StringBuilder();
        foreach (JsonProperty piece in json.RootElement.GetProperty("model").GetProperty("vocab").EnumerateObject())
        {
            byte[] bytes = [.. piece.Name.Select(letter => (byte)ByteLetters.ByteOf(letter))];
            lines.Append(Convert.ToBase64String(bytes)).Append(' ').Append(piece.Value.GetInt32()).Append('\n');
        }

        TiktokenFileTokenizer tokenizer = TiktokenFileTokenizer.Load(new MemoryStream(Encoding.ASCII.GetBytes(lines.ToString())));
        foreach (TokenizerPair pair in TokenizerPairs.Read(SharedTokenizers.Require("json/llama3_1/pairs.json")))
        {
            Assert.Equal(pair.Plain, tokenizer.Encode(pair.Text));
        }
    }

    internal static byte[] MadeUpFile()
    {
        string[] words = ["he", "ll", "hell", "hello", " hello", "12", "123"];
        return FileOf([.. words.Select(Encoding.ASCII.GetBytes), [0xF0, 0x9F]]);
    }

    private static byte[] FileOf(byte[][] merged)
    {
        IEnumerable<byte[]> tokens = Enumerable.Range(0, 256).Select(value => new[] { (byte)value }).Concat(merged);
        return Encoding.ASCII.GetBytes(
            string.Concat(tokens.Select((token, rank) => $"{Convert.ToBase64String(token)} {rank}\n")));
    }

    private static int BytesPart() => Encoding.ASCII.GetString(MadeUpFile()).IndexOf("aGU= ", StringComparison.Ordinal);
}
