namespace LLoCO.Core.Families;

/// <summary>The activation of the gate's outputs in the feed-forward block.</summary>
internal enum Activation
{
    /// <summary><c>x sigmoid(x)</c> (<c>silu</c>).</summary>
    Silu = 0,

    /// <summary>GELU by a tangent hyperbolic, <c>x sigmoid(2 sqrt(2 / pi) (x + 0.044715 x^3))</c>
    /// (<c>gelu_pytorch_tanh</c>).</summary>
    GeluTanh = 1,
}

/// <summary>Numbers of <see cref="Activation"/>: each is <c>x sigmoid(Slope (x + Cube x^3))</c>.</summary>
internal static class ActivationExtensions
{
    /// <summary>What the argument of the sigmoid is multiplied with.</summary>
    internal static float Slope(this Activation activation) =>
        activation == Activation.GeluTanh ? (float)(2 * Math.Sqrt(2 / Math.PI)) : 1;

    /// <summary>The share of the third power.</summary>
    internal static float Cube(this Activation activation) => activation == Activation.GeluTanh ? 0.044715f : 0;

    /// <summary>Activates one number.</summary>
    internal static float Apply(this Activation activation, float value)
    {
        float inner = activation == Activation.Silu ? value : value + (activation.Cube() * value * value * value);
        return value / (1 + MathF.Exp(-activation.Slope() * inner));
    }
}
