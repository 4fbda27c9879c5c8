using System.Runtime.InteropServices;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tests.Index;

namespace LLoCO.Core.Tests.Fakes;

/// <summary>A key/value prefix as PEFT writes it, with random numbers.</summary>
internal sealed class CartridgeFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _layers;
    private readonly int _width;

    public CartridgeFolder(
        int tokens = 5, int layers = 3, int heads = 2, int head = 16, string kind = "CARTRIDGE", ElementType type = ElementType.Float32)
    {
        (Tokens, _layers, _width) = (tokens, layers, heads * head);
        string own = kind == "CARTRIDGE" ? "\"num_frozen_tokens\": 1," : "\"prefix_projection\": false, \"encoder_hidden_size\": 64,";
        File.WriteAllText(Config, $$"""
            {
              "auto_mapping": null, "base_model_name_or_path": "täglich", "inference_mode": true, {{own}}
              "num_attention_heads": {{heads}}, "num_layers": {{layers}}, "num_transformer_submodules": 1,
              "num_virtual_tokens": {{tokens}}, "peft_type": "{{kind}}", "peft_version": "0.21.0", "revision": null,
              "task_type": "CAUSAL_LM", "token_dim": {{heads * head}}
            }
            """);
        var random = new Random(3);
        Numbers = [.. Enumerable.Range(0, tokens * layers * 2 * _width).Select(_ => Round((float)(random.NextDouble() - 0.5), type))];
        Write(Numbers, [tokens, layers * 2 * _width], type);
    }

    public int Tokens { get; }

    /// <summary>Gets the tensor's numbers, row by row.</summary>
    public float[] Numbers { get; }

    public string Folder => _folder.PathOf(string.Empty);

    public string Config => _folder.PathOf("adapter_config.json");

    public string Weights => _folder.PathOf("adapter_model.safetensors");

    /// <summary>Keys and values by layer and position, as PEFT cuts a row.</summary>
    public (double[][][] Keys, double[][][] Values) Cut()
    {
        double[][][] Part(int which) =>
        [
            .. Enumerable.Range(0, _layers).Select(layer => Enumerable.Range(0, Tokens).Select(token =>
                Numbers.AsSpan((((token * _layers * 2) + (2 * layer) + which) * _width), _width).ToArray()
                    .Select(number => (double)number).ToArray()).ToArray()),
        ];

        return (Part(0), Part(1));
    }

    public void Write(float[] numbers, long[] shape, ElementType type, string name = "prompt_embeddings")
    {
        byte[] bytes = type switch
        {
            ElementType.BFloat16 => [.. numbers.SelectMany(number => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(number) >> 16)))],
            _ => MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray(),
        };
        SafetensorsWriter.Write(
            Weights, [new TensorInfo(name, type, shape, bytes.Length)], (_, destination) => destination(bytes),
            new Dictionary<string, string> { ["format"] = "pt" });
    }

    public void Dispose() => _folder.Dispose();

    private static float Round(float number, ElementType type) => type == ElementType.BFloat16
        ? BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(number) & 0xFFFF_0000)
        : number;
}
