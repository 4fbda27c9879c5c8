using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Families;

/// <summary>Logits of the same tokens by each of the library's forward passes.</summary>
internal static class ForwardPasses
{
    private static readonly int[] Ids = [3, 1, 4, 1, 5, 9, 2, 6, 5];

    /// <summary>Gets the passes, by what holds their code.</summary>
    public static IReadOnlyList<string> Names { get; } = [nameof(LlamaModel), nameof(InferencePass), "DecodeEngine", "DecodeEngine, prefill"];

    /// <summary>Random weights in which no vector is all ones or zeros.</summary>
    public static Dictionary<string, Tensor> Weights(LlamaConfig config)
    {
        using var random = new Generator(5, CPU);
        using LlamaWeights plain = LlamaWeights.Random(config, 4, ScalarType.Float32, CPU);
        return plain.Named().ToDictionary(
            entry => entry.Name,
            entry => entry.Weight.Plus(randn(entry.Weight.shape, generator: random).Times(0.2)).DetachFromDisposeScope());
    }

    /// <summary>An adapter of all linear layers that changes numbers: a fresh one does not.</summary>
    public static LoraAdapter Adapter(LlamaConfig config)
    {
        LoraAdapter adapter = LoraAdapter.Fresh("a", config, 4, 8, Enum.GetValues<LoraTarget>(), 1, CPU);
        using var random = new Generator(7, CPU);
        foreach (LoraPair pair in adapter.Pairs.Values)
        {
            using Tensor numbers = randn(pair.Up.shape, generator: random);
            pair.Up.copy_(numbers);
        }

        return adapter;
    }

    /// <summary>Runs all passes.</summary>
    /// <param name="config">The model.</param>
    /// <param name="weights">Its weights; not disposed.</param>
    /// <param name="adapter">An adapter, or <see langword="null"/> for the base model.</param>
    /// <returns>Logits of all places, in the order of <see cref="Names"/>.</returns>
    public static float[][] Run(LlamaConfig config, IReadOnlyDictionary<string, Tensor> weights, LoraAdapter? adapter = null)
    {
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        using var model = new LlamaModel(LlamaWeights.From(config, name => weights[name].alias().DetachFromDisposeScope()));
        using KernelDecoder kernels = KernelDecoder.Create(model, new DecodingOptions { Threads = 2 }, rows: Ids.Length)!;
        using var generated = new DecodeSession(model, adapter, Ids.Length, kernels);
        using var read = new DecodeSession(model, adapter, Ids.Length);
        using var prefilled = new DecodeSession(model, adapter, Ids.Length, kernels);
        return
        [
            Operators(model, Ids, adapter),

            // Two parts: the second one attends to what the first one stored.
            [.. read.FeedTokens(Ids.AsSpan(0, 5), all: true), .. read.FeedTokens(Ids.AsSpan(5), all: true)],
            [.. Ids.SelectMany(id => generated.FeedToken(id).ToArray())],
            [.. Prefill(kernels, prefilled, Ids.AsSpan(0, 5)), .. Prefill(kernels, prefilled, Ids.AsSpan(5))],
        ];
    }

    private static unsafe float[] Prefill(KernelDecoder kernels, DecodeSession session, ReadOnlySpan<int> ids)
    {
        kernels.Prefill.Prefill(session.Rows(ids), null, [.. Enumerable.Range(0, ids.Length)]);
        session.KeyValues.Commit(ids.Length);
        return [.. Enumerable.Range(0, ids.Length).SelectMany(row => kernels.Prefill.Logits(row).ToArray())];
    }

    /// <summary>Logits of all places by the plain operators.</summary>
    public static float[] Operators(LlamaModel model, int[] ids, LoraAdapter? adapter = null)
    {
        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        Tensor inputs = model.Embed(tensor(Array.ConvertAll(ids, id => (long)id), [1, ids.Length], dtype: ScalarType.Int64));
        return model.Logits(model.Forward(inputs, ForwardPass.Consecutive(0, ids.Length, CPU, adapter: adapter))).data<float>().ToArray();
    }
}
