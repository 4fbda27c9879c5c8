using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>
/// AdamW (arXiv 1711.05101) with its moments within reach, so that an interrupted run goes on with them; TorchSharp's own
/// keeps them to itself. Same arithmetic as PyTorch's. One thread at a time.
/// </summary>
internal sealed class AdamWOptimizer : IDisposable
{
    private readonly (string Name, Tensor Weight)[] _parameters;
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;

    /// <summary>Creates the optimizer with moments of zero.</summary>
    /// <param name="parameters">Named float32 parameters.</param>
    internal AdamWOptimizer(IEnumerable<(string Name, Tensor Weight)> parameters)
    {
        _parameters = parameters.ToArray();
        _first = _parameters.Select(parameter => zeros_like(parameter.Weight).DetachFromDisposeScope()).ToArray();
        _second = _parameters.Select(parameter => zeros_like(parameter.Weight).DetachFromDisposeScope()).ToArray();
    }

    /// <summary>Gets the decay rate of the mean of gradients.</summary>
    internal double Beta1 { get; init; } = 0.9;

    /// <summary>Gets the decay rate of the mean of squared gradients.</summary>
    internal double Beta2 { get; init; } = 0.999;

    /// <summary>Gets the number added to the divisor.</summary>
    internal double Epsilon { get; init; } = 1e-8;

    /// <summary>Gets the decoupled weight decay.</summary>
    internal double WeightDecay { get; init; }

    /// <summary>Gets or sets the steps taken.</summary>
    internal long Steps { get; set; }

    /// <summary>The moments under names of their own.</summary>
    internal IEnumerable<(string Name, Tensor Weight)> Named() =>
        _parameters.Select((parameter, i) => ("first." + parameter.Name, _first[i]))
            .Concat(_parameters.Select((parameter, i) => ("second." + parameter.Name, _second[i])));

    /// <summary>Takes a step along the gradients, and forgets them.</summary>
    /// <param name="learningRate">The rate.</param>
    /// <param name="clip">The gradients are scaled down to this norm, all together; 0 for no limit.</param>
    internal void Step(double learningRate, double clip)
    {
        using IDisposable guard = no_grad();
        double scale = clip > 0 ? Math.Min(1, clip / (Norm() + 1e-6)) : 1;
        Steps++;
        double firstBias = 1 - Math.Pow(Beta1, Steps);
        double secondBias = Math.Sqrt(1 - Math.Pow(Beta2, Steps));
        for (int i = 0; i < _parameters.Length; i++)
        {
            // A scope for each: temporaries of all weights at once would be as large as the model again.
            using DisposeScope scope = NewDisposeScope();
            Tensor weight = _parameters[i].Weight;
            if (weight.grad is not { } gradient)
            {
                continue;
            }

            if (scale < 1)
            {
                gradient.Multiply(scale);
            }

            if (WeightDecay > 0)
            {
                weight.Multiply(1 - (learningRate * WeightDecay));
            }

            _first[i].MoveTowards(gradient, 1 - Beta1);
            _second[i].Multiply(Beta2).AddProduct(gradient, gradient, 1 - Beta2);
            Tensor divisor = _second[i].sqrt().Divide(secondBias).Add(Epsilon);
            weight.AddQuotient(_first[i], divisor, -learningRate / firstBias);
            gradient.zero_();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor moment in _first.Concat(_second))
        {
            moment.Dispose();
        }
    }

    private double Norm()
    {
        using DisposeScope outer = NewDisposeScope();
        Tensor total = zeros(1, dtype: ScalarType.Float64, device: _first[0].device);
        foreach ((_, Tensor weight) in _parameters)
        {
            using DisposeScope scope = NewDisposeScope();
            if (weight.grad is { } gradient)
            {
                total.Add(gradient.Squared().sum().to(ScalarType.Float64));
            }
        }

        return Math.Sqrt(total.item<double>());
    }
}
