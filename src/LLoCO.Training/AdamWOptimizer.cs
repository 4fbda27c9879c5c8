using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training;

/// <summary>
/// AdamW (arXiv 1711.05101) with accessible moments, so that an interrupted run can continue; TorchSharp's own does not expose
/// them. Same arithmetic as PyTorch's. Of parameters of 16 bits it keeps float32 masters, since a step is often less than the
/// last bit of such a number. One thread at a time.
/// </summary>
internal sealed class AdamWOptimizer : IDisposable
{
    private const double MomentumOfMatrices = 0.95;

    private readonly (string Name, Tensor Weight)[] _parameters;
    private readonly Tensor?[] _masters;
    private readonly Tensor[] _first;
    private readonly Tensor[] _second;

    /// <summary>Creates the optimizer with moments of zero.</summary>
    /// <param name="parameters">Named parameters, float32 or of 16 bits.</param>
    internal AdamWOptimizer(IEnumerable<(string Name, Tensor Weight)> parameters)
    {
        _parameters = parameters.ToArray();
        _masters = _parameters.Select(parameter => Master(parameter.Weight)).ToArray();
        _first = _parameters.Select(parameter => Moment(parameter.Weight)).ToArray();
        _second = _parameters.Select(parameter => Moment(parameter.Weight)).ToArray();
    }

    /// <summary>Gets the decay rate of the mean of gradients.</summary>
    internal double Beta1 { get; init; } = 0.9;

    /// <summary>Gets the decay rate of the mean of squared gradients.</summary>
    internal double Beta2 { get; init; } = 0.999;

    /// <summary>Gets the number added to the divisor.</summary>
    internal double Epsilon { get; init; } = 1e-8;

    /// <summary>Gets the decoupled weight decay.</summary>
    internal double WeightDecay { get; init; }

    /// <summary>Gets which parameters, by name, step along <see cref="OrthogonalDirection"/> instead; matrices only, none by
    /// default.</summary>
    internal Func<string, bool>? Orthogonal { get; init; }

    /// <summary>Gets or sets the steps taken.</summary>
    internal long Steps { get; set; }

    /// <summary>The moments, and the masters where there are any, under names of their own.</summary>
    internal IEnumerable<(string Name, Tensor Weight)> Named() =>
        _parameters.Select((parameter, i) => ("first." + parameter.Name, _first[i]))
            .Concat(_parameters.Select((parameter, i) => ("second." + parameter.Name, _second[i])))
            .Concat(_parameters.Select((parameter, i) => ("master." + parameter.Name, _masters[i]!))
                .Where(entry => entry.Item2 is not null));

    /// <summary>Takes a step along the gradients, and clears them.</summary>
    /// <param name="learningRate">The rate.</param>
    /// <param name="clip">The gradients are scaled down to this norm, all together; 0 for no limit.</param>
    /// <param name="rates">Rates by parameter, where they differ.</param>
    internal void Step(double learningRate, double clip, Func<string, double>? rates = null)
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

            double rate = rates?.Invoke(_parameters[i].Name) ?? learningRate;
            Tensor numbers = _masters[i] ?? weight;
            Tensor wide = gradient.to(ScalarType.Float32);
            if (scale < 1)
            {
                wide.Multiply(scale);
            }

            if (WeightDecay > 0)
            {
                numbers.Multiply(1 - (rate * WeightDecay));
            }

            if (Orthogonal?.Invoke(_parameters[i].Name) ?? false)
            {
                _first[i].MoveTowards(wide, 1 - MomentumOfMatrices);
                Tensor ahead = wide.MoveTowards(_first[i], MomentumOfMatrices);
                numbers.Add(OrthogonalDirection.Find(ahead).Times(-rate));
                Finish(i, numbers, gradient);
                continue;
            }

            _first[i].MoveTowards(wide, 1 - Beta1);
            _second[i].Multiply(Beta2).AddProduct(wide, wide, 1 - Beta2);
            Tensor divisor = _second[i].sqrt().Divide(secondBias).Add(Epsilon);
            numbers.AddQuotient(_first[i], divisor, -rate / firstBias);
            Finish(i, numbers, gradient);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor moment in _first.Concat(_second).Concat(_masters.OfType<Tensor>()))
        {
            moment.Dispose();
        }
    }

    private void Finish(int parameter, Tensor numbers, Tensor gradient)
    {
        if (_masters[parameter] is not null)
        {
            _parameters[parameter].Weight.copy_(numbers);
        }

        gradient.zero_();
    }

    private static Tensor Moment(Tensor weight) =>
        zeros(weight.shape, dtype: ScalarType.Float32, device: weight.device).DetachFromDisposeScope();

    private static Tensor? Master(Tensor weight)
    {
        using DisposeScope scope = NewDisposeScope();
        return weight.dtype == ScalarType.Float32
            ? null
            : weight.detach().to(ScalarType.Float32).DetachFromDisposeScope();
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
                total.Add(gradient.to(ScalarType.Float32).Squared().sum().to(ScalarType.Float64));
            }
        }

        return Math.Sqrt(total.item<double>());
    }
}
