using System.Security.Cryptography;
using System.Text;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Projection;

/// <summary>One linear layer of a projector, float32 on the CPU: <c>y = W x + b</c>.</summary>
internal sealed class ProjectorWeights : IDisposable
{
    private readonly Tensor _weight;
    private readonly Tensor? _bias;

    private ProjectorWeights(Tensor weight, Tensor? bias)
    {
        _weight = weight;
        _bias = bias;
    }

    /// <summary>Gets the width of the vectors that come in.</summary>
    internal int Input => (int)_weight.size(1);

    /// <summary>Gets the width of the vectors that go out.</summary>
    internal int Output => (int)_weight.size(0);

    /// <summary>Loads <c>PREFIX.weight</c>, <c>[out, in]</c>, and <c>PREFIX.bias</c>, <c>[out]</c>, which may be
    /// absent.</summary>
    internal static ProjectorWeights Load(ITensorSource source, string prefix, string file)
    {
        LlocoRuntime.EnsureAvailable();
        string weightName = prefix + ".weight";
        string biasName = prefix + ".bias";
        if (source.Tensors.TryGetValue(weightName, out TensorInfo? info) && info.Shape.Count != 2)
        {
            throw new CheckpointFormatException(file, weightName, "a projector's weight has two dimensions, [out, in].");
        }

        Tensor weight = TensorLoader.Load(source, weightName, null, ScalarType.Float32, CPU, file);
        try
        {
            Tensor? bias = source.Tensors.ContainsKey(biasName)
                ? TensorLoader.Load(source, biasName, [weight.size(0)], ScalarType.Float32, CPU, file)
                : null;
            return new ProjectorWeights(weight, bias);
        }
        catch
        {
            weight.Dispose();
            throw;
        }
    }

    /// <summary>Applies the layer to rows.</summary>
    internal Tensor Apply(Tensor rows) => nn.functional.linear(rows, _weight, _bias);

    /// <summary>Runs a projector's layers over vectors, on the calling thread and without leaving a tensor behind.</summary>
    /// <param name="vectors">Row by row.</param>
    /// <param name="width">Numbers per row.</param>
    /// <param name="layers">The layers.</param>
    internal static float[] Run(ReadOnlySpan<float> vectors, int width, Func<Tensor, Tensor> layers)
    {
        int rows = CountRows(vectors, width);
        if (rows == 0)
        {
            return [];
        }

        using IDisposable mode = inference_mode();
        using DisposeScope scope = NewDisposeScope();
        Tensor projected = layers(tensor(vectors.ToArray(), [rows, width], dtype: ScalarType.Float32));
        return projected.data<float>().ToArray();
    }

    /// <summary>Counts the vectors.</summary>
    /// <exception cref="ArgumentException">The numbers are not whole vectors.</exception>
    internal static int CountRows(ReadOnlySpan<float> vectors, int width) => vectors.Length % width == 0
        ? vectors.Length / width
        : throw new ArgumentException($"{vectors.Length} numbers are not whole vectors of width {width}.", nameof(vectors));

    /// <summary>A kind and the SHA-256 of its layers' shapes and float32 numbers.</summary>
    internal static string Fingerprint(string kind, params IEnumerable<ProjectorWeights> layers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ProjectorWeights layer in layers)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{layer.Output}x{layer.Input}+{layer._bias is not null};"));
            TensorLoader.Write(layer._weight, bytes => hash.AppendData(bytes));
            if (layer._bias is not null)
            {
                TensorLoader.Write(layer._bias, bytes => hash.AppendData(bytes));
            }
        }

        return $"{kind}-{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weight.Dispose();
        _bias?.Dispose();
    }
}
