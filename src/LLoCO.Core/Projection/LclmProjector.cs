using System.Security.Cryptography;
using System.Text;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Projection;

/// <summary>
/// The adapter between the encoder and the decoder of an LCLM: <c>y = fc2 gelu(fc1 norm(x))</c>, with an RMS norm and an exact GELU.
/// </summary>
/// <remarks>Safe for concurrent use. Computes in float32 on the CPU, on the calling thread.</remarks>
internal sealed class LclmProjector : ISummaryProjector, IAsyncDisposable
{
    private const string NormName = "norm.weight";
    private const double Epsilon = 1e-6;

    private readonly Tensor _norm;
    private readonly ProjectorWeights _first;
    private readonly ProjectorWeights _second;

    private LclmProjector(Tensor norm, ProjectorWeights first, ProjectorWeights second)
    {
        _norm = norm;
        _first = first;
        _second = second;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(ProjectorWeights.Fingerprint("lclm", first, second)));
        TensorLoader.Write(norm, bytes => hash.AppendData(bytes));
        Fingerprint = $"lclm-{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    /// <inheritdoc/>
    public int InputWidth => _first.Input;

    /// <inheritdoc/>
    public int OutputWidth => _second.Output;

    /// <inheritdoc/>
    public string Fingerprint { get; }

    /// <summary>Loads <c>norm.weight</c>, <c>fc1</c> and <c>fc2</c> with their biases.</summary>
    /// <param name="file">The file.</param>
    /// <param name="input">The encoder's width.</param>
    /// <param name="output">The decoder's width.</param>
    /// <exception cref="CheckpointFormatException">A weight is missing, surplus, or of another shape.</exception>
    internal static LclmProjector Load(string file, int input, int output)
    {
        using SafetensorsFile source = SafetensorsFile.Open(file);
        string[] names = [NormName, "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"];
        if (source.Tensors.Keys.Except(names).Order(StringComparer.Ordinal).FirstOrDefault() is { } surplus)
        {
            throw new CheckpointFormatException(file, surplus, "the adapter (norm, fc1, fc2) does not have this tensor");
        }

        foreach ((string name, long[] shape) in names.Zip(new long[][] { [input], [output, input], [output], [output, output], [output] }))
        {
            TensorLoader.Check(source, name, shape, ScalarType.Float32, file);
            var scan = new FiniteScan(source.Tensors[name].ElementType, ElementType.Float32);
            source.CopyTo(name, scan.See);
            scan.EnsureFinite(file, name);
        }

        return new LclmProjector(
            TensorLoader.Load(source, NormName, null, ScalarType.Float32, CPU, file),
            ProjectorWeights.Load(source, "fc1", file), ProjectorWeights.Load(source, "fc2", file));
    }

    /// <inheritdoc/>
    public float[] Project(ReadOnlySpan<float> vectors) => ProjectorWeights.Run(vectors, InputWidth, rows =>
    {
        Tensor root = rows.Squared().mean([1], keepdim: true).Plus(Epsilon).sqrt();
        return _second.Apply(nn.functional.gelu(_first.Apply(rows / root * _norm)));
    });

    /// <summary>Releases the weights.</summary>
    public ValueTask DisposeAsync()
    {
        _norm.Dispose();
        _first.Dispose();
        _second.Dispose();
        return ValueTask.CompletedTask;
    }
}
