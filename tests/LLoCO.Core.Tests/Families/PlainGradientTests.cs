using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Families;

/// <summary>Gradients of every family and rotary rule, compared with quotients of differences of the plain model.</summary>
public sealed class PlainGradientTests
{
    private const double Step = 1e-5;

    private static readonly int[] Ids = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7];

    public static TheoryData<string> Cases => PlainModelTests.Cases;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Backward_EveryModuleOfAnAdapter_GivesTheReferenceGradients(string name)
    {
        using var files = new PlainCheckpoint(PlainCases.Find(name));
        using LlamaModel model = files.Load();
        using LoraAdapter adapter = files.LoadAdapter(model.Config).AsParameters();

        Learn(model, adapter);

        (string, Tensor)[] learned = [.. adapter.Named()];
        Assert.Equal(files.Adapter.Keys.Order(StringComparer.Ordinal), learned.Select(entry => entry.Item1).Order(StringComparer.Ordinal));
        foreach ((string weight, Tensor parameter) in learned.Where(entry => entry.Item1.Contains("layers.1", StringComparison.Ordinal)))
        {
            AssertGradients(parameter, files.Adapter[weight].Numbers, () => Loss(files.Reference(adapted: true)), weight);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Backward_EveryWeight_GivesTheReferenceGradients(string name)
    {
        using var files = new PlainCheckpoint(PlainCases.Find(name));
        using LlamaModel loaded = files.Load();
        using var model = new LlamaModel(loaded.Weights.AsParameters());

        Learn(model, null);

        (string Name, Tensor Weight)[] learned = [.. model.Weights.Named()];
        Assert.Equal(files.Weights.Keys.Order(StringComparer.Ordinal), learned.Select(entry => entry.Name).Order(StringComparer.Ordinal));
        foreach ((string weight, Tensor parameter) in learned)
        {
            if (!weight.Contains("layers", StringComparison.Ordinal) || weight.Contains("layers.1", StringComparison.Ordinal))
            {
                AssertGradients(parameter, files.Weights[weight], () => Loss(files.Reference()), weight);
            }
        }
    }

    private static void Learn(LlamaModel model, LoraAdapter? adapter)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inputs = model.Embed(tensor(Array.ConvertAll(Ids, id => (long)id), [1, Ids.Length], dtype: ScalarType.Int64));
        Tensor logits = model.Logits(model.Forward(inputs, ForwardPass.Consecutive(0, Ids.Length, CPU, adapter: adapter)));
        Tensor shares = tensor(Array.ConvertAll(Shares((int)logits.numel()), share => (float)share), logits.shape);
        (logits * shares).sum().backward();
    }

    private static double Loss(PlainModel reference)
    {
        double[] logits = [.. reference.Logits(Ids).SelectMany(row => row)];
        return logits.Zip(Shares(logits.Length), (logit, share) => logit * share).Sum();
    }

    private static double[] Shares(int count) => [.. Enumerable.Range(0, count).Select(i => Math.Sin(i * 0.7))];

    /// <summary>At three places: in a fused matrix they are in different parts of it.</summary>
    private static void AssertGradients(Tensor parameter, double[] numbers, Func<double> loss, string name)
    {
        float[] gradient = parameter.grad is { } found ? found.data<float>().ToArray() : new float[numbers.Length];
        foreach (int place in (int[])[numbers.Length / 11, numbers.Length / 2, numbers.Length - 1])
        {
            double kept = numbers[place];
            numbers[place] = kept + Step;
            double above = loss();
            numbers[place] = kept - Step;
            double below = loss();
            numbers[place] = kept;
            double expected = (above - below) / (2 * Step);
            Assert.True(
                Math.Abs(expected - gradient[place]) < 2e-3 + (2e-3 * Math.Abs(expected)), $"{name}[{place}]: {gradient[place]}, not {expected}");
        }
    }
}
