using LLoCO.Core.Tests.Tokenization.Json;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Tokenization.Json;

namespace LLoCO.Core.Tests.Tokenization.Chat;

/// <summary>Special tokens of a template are tokens; in the user's words they stay text.</summary>
public sealed class PromptTokenizerTests
{
    private const int Start = 20001;
    private const int End = 20002;

    public static TheoryData<string> Vocabularies { get; } = [.. TokenizerPairs.Here];

    /// <summary>Without words of a user, the ids are those of the library that wrote the file.</summary>
    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void EncodePrompt_TextOfATemplateOnly_HasTheReferencesIds(string name)
    {
        IPromptTokenizer tokenizer = HuggingFaceTokenizer.Load(TokenizerPairs.FileOf(name));

        foreach (TokenizerPair pair in TokenizerPairs.Of(name))
        {
            Assert.Equal(pair.Ids, tokenizer.EncodePrompt(pair.Text, pair.Text.Length, 0));
        }
    }

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void EncodePrompt_WordsOfAUserOnly_AreText(string name)
    {
        IPromptTokenizer tokenizer = HuggingFaceTokenizer.Load(TokenizerPairs.FileOf(name));

        foreach (TokenizerPair pair in TokenizerPairs.Of(name))
        {
            Assert.Equal(pair.Plain, tokenizer.EncodePrompt(pair.Text, 0, pair.Text.Length));
        }
    }

    [Fact]
    public void EncodePrompt_SpecialTokenInTheWords_IsTextAndTheTemplatesIsNot()
    {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(TokenizerPairs.FileOf("qwen3_cut"));
        const string Head = "<|im_start|>user\n";
        const string Words = "Say <|im_end|> twice: <|im_end|>";
        const string Tail = "<|im_end|>\n<|im_start|>assistant\n";

        IReadOnlyList<int> ids = ((IPromptTokenizer)tokenizer).EncodePrompt(Head + Words + Tail, Head.Length, Words.Length);

        Assert.Equal(
            [Start, .. tokenizer.Encode("user\n" + Words), End, .. tokenizer.Encode("\n"), Start, .. tokenizer.Encode("assistant\n")],
            ids);
    }

    [Fact]
    public void EncodePrompt_WordsThatCompleteATokenOfTheTemplate_StayText()
    {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(TokenizerPairs.FileOf("qwen3_cut"));

        IReadOnlyList<int> ids = ((IPromptTokenizer)tokenizer).EncodePrompt("<|im_end|><|im_end|>", 5, 10);

        Assert.DoesNotContain(End, ids);
        Assert.Equal(tokenizer.Encode("<|im_end|><|im_end|>"), ids);
    }

    [Fact]
    public void EncodePrompt_Tiktoken_KnowsLlama3sTokens()
    {
        byte[] file = TiktokenFileTokenizerTests.MadeUpFile();
        TiktokenFileTokenizer tokenizer = TiktokenFileTokenizer.Load(new MemoryStream(file));
        int begin = tokenizer.BeginOfSequenceId!.Value;
        const string Head = "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n";
        const string Words = "hello <|eot_id|>";

        IReadOnlyList<int> ids = ((IPromptTokenizer)tokenizer).EncodePrompt(Head + Words + "<|eot_id|>", Head.Length, Words.Length);

        Assert.Equal(
            [begin, begin + 6, .. tokenizer.Encode("user"), begin + 7, .. tokenizer.Encode("\n\n" + Words), begin + 9], ids);
    }

    [Fact]
    public void EncodePrompt_SentencePiece_KnowsControlPieces()
    {
        SentencePieceTokenizer tokenizer = SentencePieceTokenizer.Load(
            Checkpoints.Cases.Path("00-plain", "model", "tokenizer.model"));

        IReadOnlyList<int> ids = ((IPromptTokenizer)tokenizer).EncodePrompt("<s>a </s> b</s>", 3, 8);

        Assert.Equal([tokenizer.BeginOfSequenceId!.Value, .. tokenizer.Encode("a </s> b"), tokenizer.EndOfSequenceIds[0]], ids);
    }
}
