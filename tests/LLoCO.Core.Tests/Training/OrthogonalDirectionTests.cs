using LLoCO.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tests.Training;

public sealed class OrthogonalDirectionTests
{
    [Theory]
    [InlineData(24, 24)]
    [InlineData(24, 60)]
    [InlineData(60, 24)]
    public void Find_AnyMatrix_KeepsItsDirectionsAndEvensTheirLengths(int rows, int columns)
    {
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator(3);
        Tensor momentum = randn([rows, columns], generator: generator);

        Tensor direction = OrthogonalDirection.Find(momentum);

        // An independent singular value decomposition says what the directions are.
        (Tensor left, Tensor lengths, Tensor right) = linalg.svd(momentum, fullMatrices: false);
        Tensor along = left.t().mm(direction).mm(right.t());
        double scale = 0.2 * Math.Sqrt(Math.Max(rows, columns));
        float[] evened = along.diag().data<float>().ToArray();
        float[] were = lengths.data<float>().ToArray();

        // Five iterations do not reach those that were nearly nothing.
        Assert.All(evened.Where((_, i) => were[i] > were[0] / 20), length => Assert.InRange(length / scale, 0.6, 1.3));
        Assert.InRange((along.sub(diag(along.diag())).abs().max() / tensor((float)scale)).item<float>(), 0, 1e-3);
        Assert.True(were.Count(length => length > were[0] / 20) > 20 && were[0] / were[^1] > 2);
    }

    [Fact]
    public void Step_OrthogonalMatrices_LeaveOtherParametersToAdamW()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor matrix, Tensor vector) = Step(orthogonal: true);
        (Tensor plain, Tensor same) = Step(orthogonal: false);

        Assert.Equal(same.data<float>().ToArray(), vector.data<float>().ToArray());
        Assert.NotEqual(plain.data<float>().ToArray(), matrix.data<float>().ToArray());
    }

    private static (Tensor Matrix, Tensor Vector) Step(bool orthogonal)
    {
        var matrix = new TorchSharp.Modules.Parameter(eye(4), true);
        var vector = new TorchSharp.Modules.Parameter(ones(4), true);
        using var optimizer = new AdamWOptimizer([("a_proj.weight", matrix), ("norm", vector)])
        {
            Orthogonal = orthogonal ? name => name.EndsWith("_proj.weight", StringComparison.Ordinal) : null,
        };
        (matrix.mv(vector).sin() * vector).sum().backward();
        optimizer.Step(0.01, clip: 1);
        return (matrix.detach().clone(), vector.detach().clone());
    }
}
