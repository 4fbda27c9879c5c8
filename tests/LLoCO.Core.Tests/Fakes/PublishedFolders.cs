using System.Runtime.InteropServices;
using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Core.Tensors;
using LLoCO.Core.Tests.Families;
using LLoCO.Core.Tokenization.Json;
using LLoCO.Training.Tokenization;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>Small folders in the forms that other projects publish, with random weights.</summary>
internal static class PublishedFolders
{
    public const int Slots = 8;
    public const int Rank = 4;

    /// <summary>Writes a Mistral and the file of an ICAE v2 beside it: names as a state of its module has them.</summary>
    public static void WriteIcae(string folder)
    {
        Directory.CreateDirectory(folder);
        using (FileStream vocabulary = File.Create(Path.Combine(folder, "tokenizer.model")))
        {
            SentencePieceTrainer.Train(
                ["The captain saw the storm. [INST] What? [/INST]", "The mayor saw the market. [INST] Who? [/INST]"],
                new SentencePieceTrainerOptions { VocabularySize = 300, MinimumCount = 1 },
                vocabulary);
        }

        LlamaConfig config = WriteModel(folder, """
            {
              "architectures": ["MistralForCausalLM"], "model_type": "mistral", "vocab_size": 300, "hidden_size": 32,
              "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "hidden_act": "silu",
              "max_position_embeddings": 512, "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "sliding_window": null,
              "tie_word_embeddings": false, "bos_token_id": 1, "eos_token_id": 2, "torch_dtype": "float32"
            }
            """);
        var random = new Random(11);
        var tensors = new Dictionary<string, (long[] Shape, float[] Numbers)>
        {
            ["memory_token_embed.weight"] = Draw(random, 0.5, Slots + 3, config.HiddenSize),
        };
        for (int layer = 0; layer < config.Layers; layer++)
        {
            foreach ((string module, long output) in new[] { ("q_proj", 32L), ("v_proj", 16L) })
            {
                string name = $"icae.base_model.model.model.layers.{layer}.self_attn.{module}.";
                tensors.Add(name + "lora_A.default.weight", Draw(random, 0.2, Rank, config.HiddenSize));
                tensors.Add(name + "lora_B.default.weight", Draw(random, 0.1, output, Rank));
            }
        }

        Write(IcaeFile(folder), tensors);
    }

    public static string IcaeFile(string folder) => Path.Combine(folder, "mistral_7b_ft_icae.safetensors");

    /// <summary>Writes an LCLM: <c>decoder/</c>, <c>encoder/</c> saved without a head, <c>adapter/</c>, <c>model_config.json</c>.</summary>
    public static void WriteLclm(string folder)
    {
        string decoder = Path.Combine(folder, "decoder");
        string encoder = Path.Combine(folder, "encoder");
        Directory.CreateDirectory(Path.Combine(folder, "adapter"));
        WriteTokenizer(decoder, "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|memory_start|>", "<|memory_end|>", "<|memory|>");
        WriteTokenizer(encoder, "<|endoftext|>", "<|im_start|>", "<|im_end|>");
        LlamaConfig reader = WriteModel(decoder, Qwen3("Qwen3ForCausalLM", hidden: 32, heads: 4, keyValueHeads: 2, tied: false));
        LlamaConfig writer = WriteModel(
            encoder, Qwen3("Qwen3Model", hidden: 16, heads: 4, keyValueHeads: 1, tied: true), name => name["model.".Length..]);
        File.WriteAllText(Path.Combine(folder, "model_config.json"), """
            {
              "compression_ratio": 4, "encoder_window_size": 16, "pooling": "mean", "encoder_mask_type": "causal", "boundary_overlap": 0,
              "adapter_type": "mlp"
            }
            """);
        var random = new Random(12);
        (int from, int to) = (writer.HiddenSize, reader.HiddenSize);
        Write(Path.Combine(folder, "adapter", "adapter.safetensors"), new()
        {
            ["norm.weight"] = Draw(random, 1, from),
            ["fc1.weight"] = Draw(random, 0.5, to, from),
            ["fc1.bias"] = Draw(random, 0.2, to),
            ["fc2.weight"] = Draw(random, 0.3, to, to),
            ["fc2.bias"] = Draw(random, 0.2, to),
        });
    }

    private static string Qwen3(string architecture, int hidden, int heads, int keyValueHeads, bool tied) => $$"""
        {
          "architectures": ["{{architecture}}"], "model_type": "qwen3", "vocab_size": 264, "hidden_size": {{hidden}},
          "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": {{heads}}, "num_key_value_heads": {{keyValueHeads}},
          "head_dim": 8, "hidden_act": "silu", "max_position_embeddings": 512, "rms_norm_eps": 1e-06, "rope_theta": 10000,
          "attention_bias": false, "tie_word_embeddings": {{(tied ? "true" : "false")}}, "eos_token_id": 258, "torch_dtype": "float32"
        }
        """;

    /// <summary>One piece for each byte, and the special tokens.</summary>
    private static void WriteTokenizer(string folder, params string[] special)
    {
        Directory.CreateDirectory(folder);
        var vocabulary = Enumerable.Range(0, 256).ToDictionary(value => ByteLetters.LetterOf((byte)value).ToString(), value => value);
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), JsonSerializer.Serialize(new
        {
            version = "1.0",
            added_tokens = special.Select((content, place) => new
            {
                id = 256 + place, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = true,
            }),
            pre_tokenizer = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true },
            decoder = new { type = "ByteLevel", add_prefix_space = true, trim_offsets = true, use_regex = true },
            model = new { type = "BPE", vocab = vocabulary, merges = Array.Empty<string>() },
        }));
    }

    private static LlamaConfig WriteModel(string folder, string json, Func<string, string>? rename = null)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), json);
        var config = LlamaConfigFile.Read(Path.Combine(folder, "config.json"));
        Dictionary<string, Tensor> weights = ForwardPasses.Weights(config);
        Dictionary<string, Tensor> named = weights.ToDictionary(entry => rename?.Invoke(entry.Key) ?? entry.Key, entry => entry.Value);
        SafetensorsWriter.Write(
            Path.Combine(folder, "model.safetensors"),
            [.. named.Select(entry => TensorLoader.Describe(entry.Key, entry.Value))],
            (info, destination) => TensorLoader.Write(named[info.Name], destination));
        foreach (Tensor weight in weights.Values)
        {
            weight.Dispose();
        }

        return config;
    }

    private static (long[] Shape, float[] Numbers) Draw(Random random, double size, params long[] shape) => (
        shape,
        [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (product, one) => product * one))
            .Select(_ => (float)(size * ((2 * random.NextDouble()) - 1)))]);

    private static void Write(string file, Dictionary<string, (long[] Shape, float[] Numbers)> tensors) => SafetensorsWriter.Write(
        file,
        [.. tensors.Select(entry => new TensorInfo(entry.Key, ElementType.Float32, entry.Value.Shape, 4L * entry.Value.Numbers.Length))],
        (info, destination) => destination(MemoryMarshal.AsBytes(tensors[info.Name].Numbers.AsSpan())));
}
