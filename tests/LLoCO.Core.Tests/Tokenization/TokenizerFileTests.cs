using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization;
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
    public void Load_TokenizerJson_SaysWhatToBring()
    {
        string path = Write("tokenizer.json", "{\n  \"version\": \"1.0\"}"u8.ToArray());

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => TokenizerFile.Load(path));
        FileNotFoundException missing = Assert.Throws<FileNotFoundException>(() => TokenizerFile.Load(_folder));

        Assert.Contains("tokenizer.model", error.Message, StringComparison.Ordinal);
        Assert.Contains("tokenizer.json, which is not read", missing.Message, StringComparison.Ordinal);
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
