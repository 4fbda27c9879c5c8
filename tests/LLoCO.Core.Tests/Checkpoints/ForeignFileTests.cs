using System.Text;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>Files that stand in for a checkpoint's are called by their names, whichever reader meets them.</summary>
public sealed class ForeignFileTests : IDisposable
{
    private const string Pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:ab12\nsize 13476925000\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Pointer, "Git LFS pointer in place of the file (which has 13476925000 bytes)")]
    [InlineData("version https://hawser.github.com/spec/v1\n", "Git LFS pointer")]
    [InlineData("version https://git-lfs.github.com/spec/v1\nsize 1e9\n", "Git LFS pointer in place of the file:")]
    [InlineData("# xet version 0\nfilesize = 5\n", "Xet pointer")]
    [InlineData("/annex/objects/SHA256E-s5--ab.safetensors\n", "git annex get")]
    [InlineData("\uFEFF \n<!DOCTYPE HTML>\n<html>", "HTML page")]
    [InlineData("<html lang=\"en\"><head>", "HTML page")]
    [InlineData("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "XML document")]
    [InlineData("{\"error\":\"Repository not found\"}", "error message in JSON")]
    [InlineData("Entry not found", "'Entry not found'")]
    [InlineData("Invalid username or password.", "'Invalid username or password'")]
    [InlineData("GGUF\u0003\0\0\0and numbers", "GGUF")]
    [InlineData("", "empty")]
    public void Open_FileOfAnotherKind_SaysWhichAndWhatToDo(string content, string fault)
    {
        foreach ((string name, Action<string> read) in new (string, Action<string>)[]
        {
            ("model.safetensors", path => SafetensorsFile.Open(path).Dispose()),
            ("pytorch_model.bin", path => TorchArchive.Open(path).Dispose()),
            ("config.json", path => LlamaConfigFile.Read(path)),
            ("tokenizer.model", path => TokenizerFile.Load(path)),
            ("sentencepiece", path => SentencePieceTokenizer.Load(path)),
        })
        {
            string path = _folder.PathOf(name);
            File.WriteAllText(path, content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

            Refusal.Expect(() => read(path), path, null, fault);
        }
    }

    [Fact]
    public void Describe_BinaryForms_AreTold()
    {
        Assert.Contains("gzip", ForeignFile.Describe([0x1f, 0x8b, 8, 0]), StringComparison.Ordinal);
        Assert.Contains("HDF5", ForeignFile.Describe([0x89, .. "HDF\r\n\u001a\n"u8]), StringComparison.Ordinal);
        Assert.Contains("GGML", ForeignFile.Describe("tjgg\u0003\0\0\0"u8), StringComparison.Ordinal);
        Assert.Null(ForeignFile.Describe("{\"model_type\": \"llama\"}"u8));
        Assert.Null(ForeignFile.Describe([0x0a, 0x0e, 0x0a, 0x05, (byte)'<', (byte)'u']));
    }

    [Theory]
    [InlineData("model-q4.gguf", "GGUF")]
    [InlineData("consolidated.00.pth", "original layout")]
    [InlineData("tf_model.h5", "TensorFlow")]
    [InlineData("adapter_model.safetensors", "an adapter")]
    [InlineData("model-00001-of-00002.safetensors", "model.safetensors.index.json")]
    public void Open_FolderWithOtherFormsOnly_SaysWhatIsThere(string file, string fault)
    {
        File.WriteAllText(_folder.PathOf(file), "x");
        string root = _folder.PathOf(string.Empty);

        Refusal.Expect(() => CheckpointFolder.Open(root), root, null, fault);
    }

    [Fact]
    public void Open_ZipNamedSafetensors_IsToldApart()
    {
        string path = _folder.PathOf("model.safetensors");
        File.WriteAllBytes(path, [(byte)'P', (byte)'K', 3, 4, 0, 0, 0, 0, 0, 0]);

        Refusal.Expect(() => SafetensorsFile.Open(path), path, null, "pytorch_model.bin");
    }
}
