using LLoCO.Core.Checkpoints;
using LLoCO.Core.Projection;
using LLoCO.Core.Tests.Fakes;
using Xunit;

namespace LLoCO.Core.Tests.Projection;

public sealed class ProjectorTests
{
    [Fact]
    public void Identity_Vectors_ComeBackUnchanged()
    {
        var projector = new IdentityProjector(2);

        Assert.Equal([1f, -2f, 3f, 4f], projector.Project([1, -2, 3, 4]));
        Assert.Equal("identity", projector.Fingerprint);
        Assert.Equal(2, projector.OutputWidth);
    }

    [Fact]
    public void Linear_TwoRows_EqualHandWorkedNumbers()
    {
        using MemoryTensors source = LinearLayer(bias: [0.5f, -1, 2]);
        using LinearProjector projector = LinearProjector.Load(source, "p.safetensors");

        // W = [[1, 2], [0, -1], [3, 0.5]]; x = (1, 2) -> (5, -2, 4) + b; x = (-1, 0) -> (-1, 0, -3) + b.
        Assert.Equal([5.5f, -3, 6, -0.5f, -1, -1], projector.Project([1, 2, -1, 0]));
        Assert.Equal((2, 3), (projector.InputWidth, projector.OutputWidth));
    }

    [Fact]
    public void Linear_NoBias_LeavesItOut()
    {
        using MemoryTensors source = LinearLayer(bias: null);
        using LinearProjector projector = LinearProjector.Load(source, "p.safetensors");

        Assert.Equal([5f, -2, 4], projector.Project([1, 2]));
    }

    [Fact]
    public void Linear_NoVectors_GivesNone()
    {
        using MemoryTensors source = LinearLayer(bias: null);
        using LinearProjector projector = LinearProjector.Load(source, "p.safetensors");

        Assert.Empty(projector.Project([]));
    }

    [Fact]
    public void Mlp_OneRow_EqualsHandWorkedNumbers()
    {
        using MemoryTensors source = MlpLayers();
        using MlpProjector projector = MlpProjector.Load(source, "p.safetensors");

        // W1 x + b1 = (1, -2, 0); gelu: 1 * Phi(1) = 0.8413447, -2 * Phi(-2) = -0.0455003, 0.
        // W2 = [[1, 1, 1], [2, 0, -1]], b2 = (0, 1): (0.7958444, 2.6826895).
        float[] projected = projector.Project([1, 0]);

        Assert.Equal(2, projected.Length);
        Assert.Equal(0.7958444f, projected[0], 5e-6f);
        Assert.Equal(2.6826895f, projected[1], 5e-6f);
    }

    [Fact]
    public void Fingerprint_OneNumberChanged_Differs()
    {
        using MemoryTensors source = LinearLayer(bias: [0.5f, -1, 2]);
        using MemoryTensors changed = LinearLayer(bias: [0.5f, -1, 2.0001f]);
        using MemoryTensors without = LinearLayer(bias: null);
        using LinearProjector one = LinearProjector.Load(source, "p.safetensors");
        using LinearProjector same = LinearProjector.Load(source, "q.safetensors");
        using LinearProjector other = LinearProjector.Load(changed, "p.safetensors");
        using LinearProjector bare = LinearProjector.Load(without, "p.safetensors");

        Assert.Equal(one.Fingerprint, same.Fingerprint);
        Assert.StartsWith("linear-", one.Fingerprint);
        Assert.Equal(3, new[] { one.Fingerprint, other.Fingerprint, bare.Fingerprint }.Distinct().Count());
    }

    [Fact]
    public void Load_ByNames_ChoosesTheKind()
    {
        using MemoryTensors linear = LinearLayer(bias: null);
        using MemoryTensors mlp = MlpLayers();
        using var neither = new MemoryTensors();

        using var first = Assert.IsType<LinearProjector>(ProjectorFile.Load(linear, "p.safetensors"));
        using var second = Assert.IsType<MlpProjector>(ProjectorFile.Load(mlp, "p.safetensors"));
        CheckpointFormatException error =
            Assert.Throws<CheckpointFormatException>(() => ProjectorFile.Load(neither, "p.safetensors"));
        Assert.Contains("p.safetensors", error.Message);
    }

    [Fact]
    public void Load_LayersThatDoNotFit_NamesTheTensor()
    {
        using MemoryTensors source = new MemoryTensors()
            .Add("projector.0.weight", [3, 2], 1, 0, -2, 0, 0, 1)
            .Add("projector.2.weight", [1, 2], 1, 1);

        CheckpointFormatException error =
            Assert.Throws<CheckpointFormatException>(() => MlpProjector.Load(source, "p.safetensors"));
        Assert.Equal("projector.2.weight", error.Key);
    }

    [Fact]
    public void Load_BiasOfWrongShape_NamesTheTensor()
    {
        using MemoryTensors source = new MemoryTensors()
            .Add("projector.weight", [3, 2], 1, 2, 0, -1, 3, 0.5f)
            .Add("projector.bias", [2], 0, 0);

        CheckpointFormatException error =
            Assert.Throws<CheckpointFormatException>(() => LinearProjector.Load(source, "p.safetensors"));
        Assert.Equal("projector.bias", error.Key);
    }

    [Fact]
    public void Project_PartOfAVector_IsRefused()
    {
        using MemoryTensors source = LinearLayer(bias: null);
        using LinearProjector projector = LinearProjector.Load(source, "p.safetensors");

        Assert.Throws<ArgumentException>(() => projector.Project([1, 2, 3]));
        Assert.Throws<ArgumentException>(() => new IdentityProjector(2).Project([1]));
    }

    private static MemoryTensors LinearLayer(float[]? bias)
    {
        MemoryTensors source = new MemoryTensors().Add("projector.weight", [3, 2], 1, 2, 0, -1, 3, 0.5f);
        return bias is null ? source : source.Add("projector.bias", [3], bias);
    }

    private static MemoryTensors MlpLayers() => new MemoryTensors()
        .Add("projector.0.weight", [3, 2], 1, 0, -2, 0, 0, 1)
        .Add("projector.0.bias", [3], 0, 0, 0)
        .Add("projector.2.weight", [2, 3], 1, 1, 1, 2, 0, -1)
        .Add("projector.2.bias", [2], 0, 1);
}
