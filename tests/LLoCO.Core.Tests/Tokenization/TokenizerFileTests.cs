using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Tokenization.Json;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Tokenization.Json;
using LLoCO.Training.Tokenization;

namespace LLoCO.Core.Tests.Tokenization;

public sealed class TokenizerFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lloco-tokenizer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_TiktokenFile_IsToldByContent()
    {
        string path = Write("tokenizer.model", TiktokenFileTokenizerTests.MadeUpFile());

        Assert.IsType<TiktokenFileTokenizer>(TokenizerFile.Load(path));
    }

    [Fact]
    public void Load_Folder_FindsTheSentencePieceFile()
    {
        using var model = new MemoryStream();
        SentencePieceTrainer.Train(["a b a b"], new(), model);
        Write("tokenizer.model", model.ToArray());

        Assert.IsType<SentencePieceTokenizer>(TokenizerFile.Load(_folder));
    }

    [Fact]
    public void Load_TokenizerJson_IsToldByContent()
    {
        string path = Write("tokenizer.json", File.ReadAllBytes(TokenizerPairs.FileOf("syn_bytelevel_split")));

        Assert.IsType<HuggingFaceTokenizer>(TokenizerFile.Load(path));
        Assert.IsType<HuggingFaceTokenizer>(TokenizerFile.Load(_folder));
    }

    [Fact]
    public void Load_JsonOfSomethingElse_SaysSo()
    {
        string path = Write("tokenizer.json", "{\n  \"version\": \"1.0\"}"u8.ToArray());

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => TokenizerFile.Load(path));

        Assert.Contains("not a tokenizer.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EmptyFolder_SaysWhatToBring()
    {
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => TokenizerFile.Load(_folder));

        Assert.Contains("neither tokenizer.model nor tokenizer.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TwoFilesThatDiffer_TakesTheLargerAndWarns()
    {
        Write("tokenizer.json", File.ReadAllBytes(TokenizerPairs.FileOf("qwen3_cut")));
        Write("tokenizer.model", TiktokenFileTokenizerTests.MadeUpFile());

        for (int i = 0; i < 2; i++) // the second time what was found out is remembered
        {
            TokenizerChoice choice = TokenizerFile.Open(_folder);

            Assert.IsType<HuggingFaceTokenizer>(choice.Tokenizer);
            Assert.Contains("different ids", choice.Warning, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Open_OneOfTwoFilesDamaged_TakesTheOtherAndWarns()
    {
        Write("tokenizer.json", "{\"model\": {\"type\": \"Bespoke\"}}"u8.ToArray());
        Write("tokenizer.model", TiktokenFileTokenizerTests.MadeUpFile());

        TokenizerChoice choice = TokenizerFile.Open(_folder);

        Assert.IsType<TiktokenFileTokenizer>(choice.Tokenizer);
        Assert.Contains("Bespoke", choice.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NeitherFormat_NamesTheFile()
    {
        string path = Write("tokenizer.model", "version https://git-lfs.github.com/spec/v1\n"u8.ToArray());

        Assert.Equal(path, Assert.Throws<CheckpointFormatException>(() => TokenizerFile.Load(path)).File);
    }

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
