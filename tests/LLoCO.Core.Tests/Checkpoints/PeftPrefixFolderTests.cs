using System.Text;
using System.Text.Json.Nodes;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Fakes;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Checkpoints;

/// <summary>PEFT's CARTRIDGE and PREFIX_TUNING: one tensor, and settings of which each works or is refused by name.</summary>
public sealed class PeftPrefixFolderTests : IDisposable
{
    private readonly CartridgeFolder _cartridge = new();

    public void Dispose() => _cartridge.Dispose();

    [Theory]
    [InlineData("CARTRIDGE", ElementType.Float32)]
    [InlineData("CARTRIDGE", ElementType.BFloat16)]
    [InlineData("PREFIX_TUNING", ElementType.Float32)]
    public void CopyTo_OtherFolder_WritesTheSameBytes(string kind, ElementType type)
    {
        using var made = new CartridgeFolder(kind: kind, type: type);
        using var copy = new TemporaryFolder();
        using (PeftPrefixFolder opened = PeftPrefixFolder.Open(made.Folder))
        {
            opened.CopyTo(copy.PathOf("copy"));
        }

        Assert.Equal(File.ReadAllBytes(made.Config), File.ReadAllBytes(copy.PathOf("copy/adapter_config.json")));
        Assert.Equal(File.ReadAllBytes(made.Weights), File.ReadAllBytes(copy.PathOf("copy/adapter_model.safetensors")));
    }

    /// <summary>The header that the reference implementation of safetensors writes for a file of PEFT.</summary>
    [Fact]
    public void CopyTo_Header_IsThatOfThePythonLibrary()
    {
        using var copy = new TemporaryFolder();
        using PeftPrefixFolder opened = PeftPrefixFolder.Open(_cartridge.Folder);

        opened.CopyTo(copy.PathOf("copy"));

        byte[] file = File.ReadAllBytes(copy.PathOf("copy/adapter_model.safetensors"));
        string header = Encoding.UTF8.GetString(file, 8, (int)BitConverter.ToInt64(file));
        Assert.Equal(
            """{"__metadata__":{"format":"pt"},"prompt_embeddings":{"dtype":"F32","shape":[5,192],"data_offsets":[0,3840]}}""",
            header.TrimEnd(' '));
    }

    [Fact]
    public void Write_OwnSettings_ReadBackAndNameEveryKeyOfPeft()
    {
        using var made = new TemporaryFolder();
        var config = new PeftPrefixConfig { Kind = "CARTRIDGE", Tokens = 5, Layers = 3, Heads = 2, Width = 32, BaseModel = "tiny" };

        PeftPrefixFolder.Write(made.PathOf("own"), config, ElementType.Float32, destination => destination(new byte[5 * 192 * 4]));

        using PeftPrefixFolder opened = PeftPrefixFolder.Open(made.PathOf("own"));
        Assert.Equal(config, opened.Config);
        JsonObject json = JsonNode.Parse(File.ReadAllText(made.PathOf("own/adapter_config.json")))!.AsObject();
        Assert.Equal(
            [
                "auto_mapping", "base_model_name_or_path", "inference_mode", "num_attention_heads", "num_frozen_tokens", "num_layers",
                "num_transformer_submodules", "num_virtual_tokens", "peft_type", "revision", "task_type", "token_dim",
            ],
            json.Select(entry => entry.Key));
    }

    [Theory]
    [InlineData("peft_type", "\"P_TUNING\"")]
    [InlineData("peft_type", "null")]
    [InlineData("task_type", "\"SEQ_2_SEQ_LM\"")]
    [InlineData("prefix_projection", "true")]
    [InlineData("num_transformer_submodules", "2")]
    [InlineData("num_virtual_tokens", "0")]
    [InlineData("num_virtual_tokens", "null")]
    [InlineData("num_frozen_tokens", "6")]
    [InlineData("num_layers", "null")]
    [InlineData("token_dim", "33")]
    [InlineData("modules_to_save", "[\"lm_head\"]")]
    [InlineData("key_of_next_year", "true")]
    public void Open_KeyThatIsNotSupported_IsRefusedByName(string key, string value)
    {
        Set(key, value);

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => PeftPrefixFolder.Open(_cartridge.Folder));

        Assert.Equal((_cartridge.Config, key), (error.File, error.Key));
    }

    [Theory]
    [InlineData("num_virtual_tokens", "4")]
    [InlineData("num_layers", "2")]
    [InlineData("token_dim", "64")]
    public void Open_TensorOfAnotherShape_IsRefused(string key, string value)
    {
        Set(key, value);

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => PeftPrefixFolder.Open(_cartridge.Folder));

        Assert.Equal((_cartridge.Weights, "prompt_embeddings"), (error.File, error.Key));
        Assert.Contains("[num_virtual_tokens, num_layers * 2 * token_dim]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AnotherTensor_IsRefusedByName()
    {
        _cartridge.Write(_cartridge.Numbers, [5, 192], ElementType.Float32, "prompt_embedding");

        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => PeftPrefixFolder.Open(_cartridge.Folder));

        Assert.Equal("prompt_embedding", error.Key);
    }

    [Fact]
    public void Open_AsALora_SaysWhatItIs()
    {
        CheckpointFormatException error = Assert.Throws<CheckpointFormatException>(() => PeftAdapterFolder.Open(_cartridge.Folder));

        Assert.Equal("peft_type", error.Key);
        Assert.Contains("a key/value prefix, not a LoRA", error.Message, StringComparison.Ordinal);
    }

    private void Set(string key, string value)
    {
        JsonObject json = JsonNode.Parse(File.ReadAllText(_cartridge.Config))!.AsObject();
        json[key] = JsonNode.Parse(value);
        File.WriteAllText(_cartridge.Config, json.ToJsonString());
    }
}
