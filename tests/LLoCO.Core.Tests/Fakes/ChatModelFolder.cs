using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tests.Tokenization.Json;
using LLoCO.Core.Tokenization.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>Makes a small instruction model as <c>hf download</c> leaves it: Qwen 3's shape, <c>tokenizer.json</c>, a chat template,
/// no compressor.</summary>
internal static class ChatModelFolder
{
    /// <summary>Writes the folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="summary">Summary embeddings; 0 for a model without a compressor.</param>
    /// <param name="template">The chat template; <see langword="null"/> for none.</param>
    public static void Make(string folder, int summary = 0, string? template = "qwen3-style")
    {
        Directory.CreateDirectory(folder);
        string vocabulary = TokenizerPairs.FileOf("qwen3_cut");
        File.Copy(vocabulary, Path.Combine(folder, "tokenizer.json"));
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"eos_token": "<|im_end|>", "bos_token": null}""");
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), """{"eos_token_id": [20002, 20000]}""");
        if (template is not null)
        {
            File.Copy(
                Path.Combine(AppContext.BaseDirectory, "TestData", "chat", template + ".jinja"),
                Path.Combine(folder, "chat_template.jinja"));
        }

        string config = $$"""
            {
              "model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"], "vocab_size": {{
                HuggingFaceTokenizer.Load(vocabulary).VocabularySize}},
              "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
              "num_key_value_heads": 1, "head_dim": 8, "rms_norm_eps": 1e-06, "tie_word_embeddings": true, "hidden_act": "silu",
              "max_position_embeddings": 256, "rope_theta": 1000000.0, "eos_token_id": 20002, "bos_token_id": 20000,
              "attention_bias": false, "use_sliding_window": false{{
                (summary == 0 ? string.Empty : $", \"summary_length\": {summary}, \"segment_length\": 16")}}
            }
            """;
        string file = Path.Combine(folder, "config.json");
        File.WriteAllText(file, config);
        using LlamaWeights weights = LlamaWeights.Random(LlamaConfigFile.Read(file), 7, ScalarType.Float32, CPU);
        Dictionary<string, Tensor> named = weights.Named().ToDictionary(entry => entry.Name, entry => entry.Weight);
        SafetensorsWriter.Write(
            Path.Combine(folder, "model.safetensors"),
            [.. named.Select(entry => TensorLoader.Describe(entry.Key, entry.Value))],
            (info, destination) => TensorLoader.Write(named[info.Name], destination));
    }
}
