using System.Security.Cryptography;
using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization;
using LLoCO.Training.Tokenization;

namespace LLoCO.Core.Tests.Tokenization;

/// <summary>Compared with google/sentencepiece's ids for Llama-2's <c>tokenizer.model</c>.</summary>
public sealed class SentencePieceTokenizerTests
{
    private static readonly Lazy<SentencePieceTokenizer> Llama2 =
        new(() => SentencePieceTokenizer.Load(SharedTokenizers.Require("llama2/tokenizer.model")));

    [Fact]
    public void Encode_ReferencePairs_GivesTheReferenceIds()
    {
        int compared = 0;
        foreach ((string text, int[] ids) in Pairs())
        {
            Assert.Equal(ids, Llama2.Value.Encode(text));
            compared++;
        }

        Assert.True(compared >= 20, $"only {compared} pairs");
    }

    [Fact]
    public void Decode_ReferencePairs_GivesTheTextBack()
    {
        foreach ((string text, int[] ids) in Pairs())
        {
            Assert.Equal(text, Llama2.Value.Decode(ids));
        }
    }

    [Fact]
    public void EncodeWithOffsets_ReferencePairs_CoversTheTextInOrder()
    {
        foreach ((string text, int[] ids) in Pairs())
        {
            IReadOnlyList<TextToken> tokens = Llama2.Value.EncodeWithOffsets(text);
            Assert.Equal(ids, tokens.Select(token => token.Id));
            Assert.Equal(text, string.Concat(tokens.Select(token => text.Substring(token.Start, token.Length))));
        }
    }

    [Fact]
    public void EncodeWithOffsets_ByteFallback_FirstByteCoversTheCharacter()
    {
        // " this is 🦙.cpp": the llama emoji (2 UTF-16 units) is four bytes, ids 243 162 169 156.
        IReadOnlyList<TextToken> tokens = Llama2.Value.EncodeWithOffsets(" this is 🦙.cpp");

        Assert.Equal(
            [new(243, 9, 2), new(162, 11, 0), new(169, 11, 0), new(156, 11, 0), new(29889, 11, 1), new(8223, 12, 3)],
            tokens.Skip(4));
    }

    [Fact]
    public void Encode_HelloWorld_GivesThePublishedIds()
    {
        Assert.Equal([15043, 29892, 3186, 29991], Llama2.Value.Encode("Hello, world!"));
        Assert.Equal(1, Llama2.Value.BeginOfSequenceId);
        Assert.Equal([2], Llama2.Value.EndOfSequenceIds);
        Assert.Equal(32000, Llama2.Value.VocabularySize);
    }

    [Theory]
    [InlineData("</s>")]
    [InlineData("a <s> b")]
    [InlineData("<unk>")]
    [InlineData("<0x0A>")]
    public void Encode_SpecialTokenTyped_StaysText(string typed)
    {
        IReadOnlyList<int> ids = Llama2.Value.Encode(typed);

        Assert.DoesNotContain(ids, id => id < 3 || id == 13);
        Assert.Equal(typed, Llama2.Value.Decode(ids));
    }

    [Fact]
    public void Decode_ControlIds_BecomeNothing()
    {
        Assert.Equal("Hello, world!", Llama2.Value.Decode([1, 15043, 29892, 0, 3186, 29991, 2, 2]));
    }

    [Fact]
    public void Decode_HalfACharacter_GivesTheReplacementCharacter()
    {
        Assert.Equal("\uFFFD", Llama2.Value.Decode([243, 162]));
    }

    [Fact]
    public void Decode_IdOutsideTheVocabulary_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Llama2.Value.Decode([32000]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Llama2.Value.Decode([-1]));
    }

    [Theory] // ids from google/sentencepiece 0.1.97 (spm_encode --output_format=id); this model has remove_extra_whitespaces
    [InlineData("Once upon a time", new[] { 403, 407, 261, 378 })]
    [InlineData("  Lily   ran  to the park.  ", new[] { 317, 619, 267, 265, 524, 4010 })]
    [InlineData("Tom said: é🦙", new[] { 458, 336, 4051, 3994, 4069, 243, 162, 169, 156 })]
    public void Encode_ModelThatShrinksSpaces_GivesTheOriginalsIds(string text, int[] ids)
    {
        SentencePieceTokenizer tokenizer = SentencePieceTokenizer.Load(SharedTokenizers.Require("tok4096/tokenizer4096.model"));

        IReadOnlyList<TextToken> tokens = tokenizer.EncodeWithOffsets(text);

        Assert.Equal(ids, tokens.Select(token => token.Id));
        Assert.Equal(text.Trim(), text[tokens[0].Start..(tokens[^1].Start + tokens[^1].Length)]);
    }

    [Fact]
    public void Encode_LongRunsOfOneSign_GivesTheOriginalsIds()
    {
        // google/sentencepiece 0.1.97: spm_encode --output_format=id on 75 hyphens behind a word.
        Assert.Equal([1095, 448, 2683, 2683, 2683, 2683, 28400], Llama2.Value.Encode("end " + new string('-', 75)));
    }

    [Fact]
    public void Fingerprint_IsTheFilesHash()
    {
        byte[] file = File.ReadAllBytes(SharedTokenizers.Require("llama2/tokenizer.model"));

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), Llama2.Value.Fingerprint);
    }

    [Fact]
    public void Load_CutShort_NamesTheFile()
    {
        byte[] file = File.ReadAllBytes(SharedTokenizers.Require("llama2/tokenizer.model"));
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(path, file[..100_001]);
        try
        {
            CheckpointFormatException error =
                Assert.Throws<CheckpointFormatException>(() => SentencePieceTokenizer.Load(path));
            Assert.Equal(path, error.File);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Encode_HalfACharacter_BecomesOneReplacementCharacter()
    {
        Assert.Equal("a\ufffd b", Llama2.Value.Decode(Llama2.Value.Encode("a\ud83e b")));
    }

    [Fact]
    public void Load_FlippedBytes_LoadsOrRefusesAndNothingElse()
    {
        using var model = new MemoryStream();
        SentencePieceTrainer.Train(["a small corpus of a few words, a few words"], new(), model);
        byte[] file = model.ToArray();
        var random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            byte[] damaged = [.. file];
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                SentencePieceTokenizer tokenizer = SentencePieceTokenizer.Load(new MemoryStream(damaged));
                Assert.All(tokenizer.Encode("a few words, 🦙"), id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
            }
            catch (CheckpointFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 1, 299);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a model at all")]
    [InlineData("\n\u007f")] // a piece said to be 127 bytes long, with none there
    public void Load_NotAModel_Throws(string content)
    {
        using var stream = new MemoryStream(System.Text.Encoding.ASCII.GetBytes(content));

        Assert.Throws<CheckpointFormatException>(() => SentencePieceTokenizer.Load(stream));
    }

    private static IEnumerable<(string Text, int[] Ids)> Pairs()
    {
        string path = SharedTokenizers.Require("llama2/spm_pairs.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(path));
        foreach (JsonElement pair in document.RootElement.EnumerateArray())
        {
            yield return (
                pair.GetProperty("text").GetString()!,
                [.. pair.GetProperty("ids_no_bos").EnumerateArray().Select(id => id.GetInt32())]);
        }
    }
}
