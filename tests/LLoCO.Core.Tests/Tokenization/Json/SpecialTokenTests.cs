using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Tokenization.Json;

namespace LLoCO.Core.Tests.Tokenization.Json;

/// <summary>Tokens that mark something: where they come from, and that text cannot bring them in.</summary>
public sealed class SpecialTokenTests : IDisposable
{
    private const int Bos = 408;
    private const int Eot = 409;

    private readonly string _folder = Directory.CreateTempSubdirectory("lloco-special-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void BeginOfSequence_WithoutConfig_IsThePostProcessors() => Assert.Equal(Bos, Load().BeginOfSequenceId);

    [Fact]
    public void BeginOfSequence_ConfigSaysNo_IsNone()
    {
        Write("tokenizer_config.json", """{"add_bos_token": false, "bos_token": "<|bos|>"}""");

        Assert.Null(Load().BeginOfSequenceId);
    }

    [Fact]
    public void BeginOfSequence_ConfigSaysYes_IsTheNamedOne()
    {
        Write("tokenizer_config.json", """{"add_bos_token": true, "bos_token": {"content": "<|eot|>", "lstrip": false}}""");

        Assert.Equal(Eot, Load().BeginOfSequenceId);
    }

    [Theory]
    [InlineData("tokenizer_config.json")]
    [InlineData("special_tokens_map.json")]
    public void EndOfSequence_NamedBesideIt_IsTheFirst(string file)
    {
        Write(file, """{"eos_token": "<|eot|>"}""");

        Assert.Equal(Eot, Load().EndOfSequenceIds[0]);
    }

    [Fact]
    public void EndOfSequence_KnownToEndATurn_IsFoundWithoutConfig() => Assert.Equal(
        [20002, 20000], HuggingFaceTokenizer.Load(TokenizerPairs.FileOf("qwen3_cut")).EndOfSequenceIds); // <|im_end|>, <|endoftext|>

    [Fact]
    public void Load_DamagedConfig_IsRefused()
    {
        Write("tokenizer_config.json", """{"add_bos_token": "perhaps"}""");

        Assert.Contains("add_bos_token", Assert.Throws<CheckpointFormatException>(Load).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_SpecialTokenTyped_StaysTextAndComesBack()
    {
        HuggingFaceTokenizer tokenizer = Load();
        const string Text = "a <|eot|><L> <LR>\u00C6ther b";

        IReadOnlyList<int> ids = tokenizer.Encode(Text);

        Assert.DoesNotContain(ids, id => id is Bos or Eot or 410);
        Assert.Contains(412, ids); // <LR> is not special: it is found, with the blanks around it
        Assert.Equal("a <|eot|><L><LR>\u00C6ther b", tokenizer.Decode(ids));
    }

    [Fact]
    public void EncodeWithOffsets_AddedTokenThatTakesBlanks_CoversThem() => Assert.Equal(
        [new TextToken(97, 0, 1), new TextToken(412, 1, 7), new TextToken(98, 8, 1)], Load().EncodeWithOffsets("a <LR>  b"));

    [Fact]
    public void Decode_SpecialTokens_BecomeNothing()
    {
        HuggingFaceTokenizer tokenizer = Load();

        Assert.Equal("ab", tokenizer.Decode([Bos, 97, 98, Eot]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([tokenizer.VocabularySize]));
    }

    private HuggingFaceTokenizer Load()
    {
        string file = Path.Combine(_folder, "tokenizer.json");
        File.Copy(TokenizerPairs.FileOf("syn_bytelevel_split"), file, overwrite: true);
        return HuggingFaceTokenizer.Load(file);
    }

    private void Write(string name, string json) => File.WriteAllText(Path.Combine(_folder, name), json);
}
