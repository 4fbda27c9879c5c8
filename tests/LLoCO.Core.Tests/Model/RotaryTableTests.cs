using LLoCO.Core.Families;
using LLoCO.Core.Model;
using TorchSharp;

namespace LLoCO.Core.Tests.Model;

public sealed class RotaryTableTests
{
    [Fact]
    public void Frequencies_Llama3_StretchLongWavelengthsAndBlendThoseBetween()
    {
        // theta 500000, 8 dimensions: 1, 0.0376 (kept: wavelengths below 8192 / 4), 0.00141 (wavelength 4443: blended with
        // weight (8192 / 4443 - 1) / 3 = 0.28127), 5.318e-5 (wavelength 118143: divided by 8).
        LlamaConfig config = Config with { RopeScaling = new RopeScaling(RopeScalingKind.Llama3, 8, 1, 4, 8192) };

        double[] frequencies = RotaryFrequencies.Create(config).Short;

        double[] expected = [1, 0.03760603093086393, 0.0005248461609929547, 6.647869871181235e-06];
        Assert.All(expected.Zip(frequencies), pair => Assert.Equal(pair.First, pair.Second, pair.First * 1e-12));
    }

    [Fact]
    public void Frequencies_Linear_DividesAll()
    {
        double[] plain = RotaryFrequencies.Create(Config).Short;
        double[] stretched = RotaryFrequencies.Create(Config with { RopeScaling = new RopeScaling(RopeScalingKind.Linear, 2.5) }).Short;

        Assert.Equal(plain.Select(frequency => frequency / 2.5), stretched);
    }

    [Fact]
    public void Select_BeyondTheTable_GrowsWithTheSameAngles()
    {
        using var table = new RotaryTable(Config with { MaxPositions = 16 }, torch.CPU);
        using DisposeScope scope = torch.NewDisposeScope();
        double[] frequencies = RotaryFrequencies.Create(Config).Short;

        (torch.Tensor cos, torch.Tensor sin) = table.Select(torch.tensor(new long[] { 3, 5000 }), 5001);

        Assert.Equal([1, 1, 2, 4], cos.shape);
        for (int pair = 0; pair < 4; pair++)
        {
            Assert.Equal(Math.Cos(5000 * frequencies[pair]), cos[0, 0, 1, pair].item<float>(), 1e-6);
            Assert.Equal(Math.Sin(3 * frequencies[pair]), sin[0, 0, 0, pair].item<float>(), 1e-6);
        }
    }

    [Fact]
    public void Select_GrownInInferenceMode_StillTrains()
    {
        using var table = new RotaryTable(Config with { MaxPositions = 16 }, torch.CPU);
        using (torch.inference_mode())
        using (torch.NewDisposeScope())
        {
            table.Select(torch.tensor(new long[] { 5000 }), 5001);
        }

        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor heads = torch.ones(new long[] { 1, 1, 1, 8 }, requires_grad: true);
        (torch.Tensor cos, torch.Tensor sin) = table.Select(torch.tensor(new long[] { 4000 }), 4001);
        RotaryTable.Rotate(heads, cos, sin).sum().backward();

        // d/dx of (x cos - y sin) + (y cos + x sin) is cos + sin in the first half.
        double angle = 4000 * RotaryFrequencies.Create(Config).Short[1];
        Assert.Equal(Math.Cos(angle) + Math.Sin(angle), heads.grad![0, 0, 0, 1].item<float>(), 1e-5);
    }

    private static LlamaConfig Config { get; } = new()
    {
        VocabularySize = 8,
        HiddenSize = 8,
        IntermediateSize = 8,
        Layers = 1,
        Heads = 1,
        KeyValueHeads = 1,
        HeadDimension = 8,
        MaxPositions = 8192,
        RopeTheta = 500_000,
    };
}
