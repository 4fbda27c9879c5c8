using LLoCO.Core.Tokenization;
using LLoCO.Training.Tokenization;

namespace LLoCO.Core.Tests.Tokenization;

/// <summary>Trained models are read back; merges are compared with ones worked by hand.</summary>
public sealed class SentencePieceTrainerTests
{
    private static readonly string[] Corpus =
    [
        "The harbour master wrote that the brig Marigold came in at dawn, with 42 casks of oil.",
        "At noon the master of the Marigold paid 17 shillings; the harbour was quiet.\nThe wind was west.",
        "\"Quiet enough,\" the pilot said, \"but the wind will turn by 19:30.\" He was right...",
    ];

    [Fact]
    public void Train_HandWorkedCorpus_LearnsTheMergesInOrder()
    {
        // Words: ▁ab x4, ▁abc x2, ▁b x1 (U+2581 written ▁). Counts: ▁a 6, ab 6, bc 2, ▁b 1.
        // 1st: "ab" and "▁a" tie at 6 and length 2; ordinally "ab" (U+0061) comes before "▁a" (U+2581).
        // 2nd: ▁+ab 6. 3rd: ▁ab+c 2. Then nothing stands together twice. Characters by count: b 7, ▁ 7, a 6, c 2.
        SentencePieceModel model = TrainModel(["ab ab ab ab abc abc b"], new() { CharacterCoverage = 1 });

        Assert.Equal(
            ["ab", "▁ab", "▁abc", "b", "▁", "a", "c"], model.Pieces.Skip(259).Select(piece => piece.Text));
        Assert.Equal([0f, -1, -2, -3, -4, -5, -6], model.Pieces.Skip(259).Select(piece => piece.Score));
    }

    [Fact]
    public void Train_Layout_IsLlamas()
    {
        SentencePieceModel model = TrainModel(Corpus, new() { VocabularySize = 340 });

        Assert.Equal(340, model.Pieces.Count);
        Assert.Equal(new SentencePiece("<unk>", 0, SentencePieceType.Unknown), model.Pieces[0]);
        Assert.Equal(new SentencePiece("<s>", 0, SentencePieceType.Control), model.Pieces[1]);
        Assert.Equal(new SentencePiece("</s>", 0, SentencePieceType.Control), model.Pieces[2]);
        Assert.Equal(new SentencePiece("<0x00>", 0, SentencePieceType.Byte), model.Pieces[3]);
        Assert.Equal(new SentencePiece("<0xFF>", 0, SentencePieceType.Byte), model.Pieces[258]);
        Assert.True(model.ByteFallback && model.AddDummyPrefix && model.IsBytePair);
        Assert.False(model.RemoveExtraWhitespaces || model.HasCharacterMap);
    }

    [Theory]
    [InlineData("The harbour was quiet.")]
    [InlineData("  two  spaces   three\tand\ttabs \r\n and line breaks\n\n")]
    [InlineData("19:30 on 1850-12-31; 3.5%")]
    [InlineData("Ünïcode, Ελληνικά, 漢字, 🦙 and 👩‍👩‍👧")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("<s>[INST]</s><0x0A>")]
    public void Train_ThenEncodeAndDecode_GivesTheTextBack(string text)
    {
        SentencePieceTokenizer tokenizer = TrainTokenizer(Corpus, new() { VocabularySize = 400 });

        IReadOnlyList<TextToken> tokens = tokenizer.EncodeWithOffsets(text);

        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.Equal(text, string.Concat(tokens.Select(token => text.Substring(token.Start, token.Length))));
    }

    [Fact]
    public void Train_Digits_StaySingle()
    {
        SentencePieceTokenizer tokenizer = TrainTokenizer(["77777 77777 77777 1850 1850 1850 1850"], new());

        Assert.Equal(["", "1", "8", "5", "0"], tokenizer.Encode("1850").Select(id => tokenizer.Decode([id])));
    }

    [Fact]
    public void Train_RequiredWords_AreSingleIds()
    {
        string[] required =
        [
            "Marigold", "Amaranth", "Amaryllis", "harbour", "master", "of", "extraordinarily", "the", "then", "thenceforth",
        ];
        SentencePieceTokenizer tokenizer = TrainTokenizer(Corpus, new() { VocabularySize = 380, RequiredWords = required });

        Assert.All(required, word => Assert.Single(tokenizer.Encode(word)));
        Assert.All(required, word => Assert.Equal(3, tokenizer.Encode($"{word} {word} {word}").Count));
        Assert.Equal(required.Length, required.Select(word => tokenizer.Encode(word)[0]).Distinct().Count());
        Assert.InRange(tokenizer.VocabularySize, 300, 380);
    }

    [Fact]
    public void Train_RequiredWordsThatFitOnlyByTheirSharedParts_AreSingleIds()
    {
        // Letter by letter 12 x 11 merges; shared, 11 for the first word and at most 3 for each other.
        string[] required = [.. "abcdefghijkl".Select(letter => "Marigolds" + letter + "x")];
        SentencePieceTokenizer tokenizer = TrainTokenizer(Corpus, new() { VocabularySize = 360, RequiredWords = required });

        Assert.All(required, word => Assert.Single(tokenizer.Encode(word)));
    }

    [Fact]
    public void Train_RequiredWordsDoNotFit_SaysHowMuchIsNeeded()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(
            () => TrainModel(Corpus, new() { VocabularySize = 300, RequiredWords = ["counterrevolutionary"] }));

        Assert.Contains("require fewer words", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("don't")]
    [InlineData("1850")]
    [InlineData("")]
    public void Train_RequiredWordIsNotAWord_IsRefused(string word)
    {
        Assert.Throws<ArgumentException>(() => TrainModel(Corpus, new() { RequiredWords = [word] }));
    }

    [Fact]
    public void Train_Model_IsReadByMicrosoftsTokenizerWithTheSameIds()
    {
        byte[] bytes = TrainBytes(Corpus, new() { VocabularySize = 400, RequiredWords = ["lighthouse"] });
        using var stream = new MemoryStream(bytes);
        Microsoft.ML.Tokenizers.LlamaTokenizer other =
            Microsoft.ML.Tokenizers.LlamaTokenizer.Create(stream, addBeginOfSentence: false, addEndOfSentence: false);
        SentencePieceTokenizer ours = SentencePieceTokenizer.Load(new MemoryStream(bytes));

        // Not the third text: of two equal pairs in "..." that reader joins the right one, google/sentencepiece the left.
        Assert.All(
            [.. Corpus[..2], "The lighthouse, é and 🦙: 1850."],
            text => Assert.Equal(
                other.EncodeToIds(text, addBeginningOfSentence: false, addEndOfSentence: false), ours.Encode(text)));
    }

    [Fact]
    public void Train_SameTextAndOptions_GivesTheSameBytes()
    {
        var options = new SentencePieceTrainerOptions { VocabularySize = 400, RequiredWords = ["pilot", "brig"] };

        Assert.Equal(TrainBytes(Corpus, options), TrainBytes(Corpus, options));
    }

    private static byte[] TrainBytes(string[] corpus, SentencePieceTrainerOptions options)
    {
        using var stream = new MemoryStream();
        SentencePieceTrainer.Train(corpus, options, stream);
        return stream.ToArray();
    }

    private static SentencePieceModel TrainModel(string[] corpus, SentencePieceTrainerOptions options) =>
        SentencePieceModelReader.Read(TrainBytes(corpus, options), "trained");

    private static SentencePieceTokenizer TrainTokenizer(string[] corpus, SentencePieceTrainerOptions options) =>
        SentencePieceTokenizer.Load(new MemoryStream(TrainBytes(corpus, options)));
}
