using static TorchSharp.torch;

namespace LLoCO.Training.Probing;

/// <summary>Numbers with their shape and, where they are a parameter's, its name.</summary>
/// <param name="Name">The parameter's name in checkpoints; empty for what a pass computes.</param>
/// <param name="Shape">Sizes, the slowest first.</param>
/// <param name="Numbers">The numbers, the last size running fastest.</param>
public sealed record NamedNumbers(string Name, IReadOnlyList<long> Shape, float[] Numbers)
{
    internal static NamedNumbers Read(Tensor tensor, string name = "") => new(
        name, tensor.shape, tensor.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray());
}
