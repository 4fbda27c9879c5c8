// The only file that may call the number APIs of BannedSymbols.txt.
#pragma warning disable RS0030
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Core.Tensors;

/*
 *   a * 0.37   ──►  native number, owned by a Scalar that nobody holds  ──►  call with its address  ──►  result
 *                                                   └── a garbage collection in between frees the number:
 *                                                       the call throws, or computes with what lies there now
 *
 * TorchSharp 0.107 makes such an owner for every plain number, and for numbers that nobody sees: the 1 by which a + b multiplies b,
 * the 2 of square(), the step of arange. Here each owner is held until the call has returned: by a using block, whose end reads
 * it, or by a static field.
 */

/// <summary>Operators on tensors and plain numbers, equal to TorchSharp's to the bit. No garbage collection can free their
/// numbers during a call. The analyzer bans the others everywhere else.</summary>
internal static class HeldNumbers
{
    private static readonly Scalar One = 1.ToScalar();
    private static readonly Scalar Two = 2.ToScalar();

    /// <summary>Adds tensors: <c>left + right</c>.</summary>
    internal static Tensor Plus(this Tensor left, Tensor right) => left.add(right, One);

    /// <summary>Adds a number to each element.</summary>
    internal static Tensor Plus(this Tensor tensor, double number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.add(scalar, One);
    }

    /// <summary>Takes a whole number from each element.</summary>
    internal static Tensor Minus(this Tensor tensor, long number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.sub(scalar);
    }

    /// <summary>Multiplies each element by a number.</summary>
    internal static Tensor Times(this Tensor tensor, double number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.mul(scalar);
    }

    /// <summary>Multiplies each element by a whole number, which leaves the format as it is.</summary>
    internal static Tensor Times(this Tensor tensor, long number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.mul(scalar);
    }

    /// <summary>Divides each element by a number.</summary>
    internal static Tensor Over(this Tensor tensor, double number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.div(scalar);
    }

    /// <summary>The rest of each element divided by a whole number.</summary>
    internal static Tensor Modulo(this Tensor tensor, long number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.remainder(scalar);
    }

    /// <summary>Each element times itself.</summary>
    internal static Tensor Squared(this Tensor tensor) => tensor.pow(Two);

    /// <summary>Whether each element equals a whole number.</summary>
    internal static Tensor Matches(this Tensor tensor, long number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.eq(scalar);
    }

    /// <summary>Whether each element differs from a whole number.</summary>
    internal static Tensor Differs(this Tensor tensor, long number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.ne(scalar);
    }

    /// <summary>Whether each element is below a whole number.</summary>
    internal static Tensor Below(this Tensor tensor, long number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.lt(scalar);
    }

    /// <summary>Whether each element is a number or above it.</summary>
    internal static Tensor AtLeast(this Tensor tensor, double number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.ge(scalar);
    }

    /// <summary>Raises elements below a whole number to it.</summary>
    internal static Tensor RaisedTo(this Tensor tensor, long least)
    {
        using Scalar scalar = least.ToScalar();
        return tensor.clamp_min(scalar);
    }

    /// <summary>Raises elements below a number to it.</summary>
    internal static Tensor RaisedTo(this Tensor tensor, double least)
    {
        using Scalar scalar = least.ToScalar();
        return tensor.clamp_min(scalar);
    }

    /// <summary>Adds a tensor, in place.</summary>
    internal static Tensor Add(this Tensor tensor, Tensor other) => tensor.add_(other, One);

    /// <summary>Adds a number to each element, in place.</summary>
    internal static Tensor Add(this Tensor tensor, double number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.add_(scalar, One);
    }

    /// <summary>Multiplies each element by a number, in place.</summary>
    internal static Tensor Multiply(this Tensor tensor, double number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.mul_(scalar);
    }

    /// <summary>Divides each element by a number, in place.</summary>
    internal static Tensor Divide(this Tensor tensor, double number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.div_(scalar);
    }

    /// <summary>Moves each element by a share of the way to another tensor's, in place.</summary>
    internal static Tensor MoveTowards(this Tensor tensor, Tensor other, double share)
    {
        using Tensor weight = share;
        return tensor.lerp_(other, weight);
    }

    /// <summary>Adds <c>factor * one * other</c>, in place.</summary>
    internal static Tensor AddProduct(this Tensor tensor, Tensor one, Tensor other, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return tensor.addcmul_(one, other, scalar);
    }

    /// <summary>Adds <c>factor * one / other</c>, in place.</summary>
    internal static Tensor AddQuotient(this Tensor tensor, Tensor one, Tensor other, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return tensor.addcdiv_(one, other, scalar);
    }

    /// <summary>A tensor with a number where a mask is true.</summary>
    internal static Tensor Filled(this Tensor tensor, Tensor mask, double number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.masked_fill(mask, scalar);
    }

    /// <summary>Puts a number where a mask is true, in place.</summary>
    internal static Tensor Fill(this Tensor tensor, Tensor mask, double number)
    {
        using Scalar scalar = number.ToScalar();
        return tensor.masked_fill_(mask, scalar);
    }

    /// <summary>The whole numbers from the first to before the end, int64 unless another format is given.</summary>
    internal static Tensor Range(long first, long end, Device? device = null, ScalarType type = ScalarType.Int64)
    {
        using Scalar start = first.ToScalar();
        using Scalar stop = end.ToScalar();
        return arange(start, stop, One, dtype: type, device: device);
    }

    /// <summary>A tensor of one number throughout, int64.</summary>
    internal static Tensor Full(long[] shape, long number, Device? device = null)
    {
        using Scalar scalar = number.ToScalar();
        return full(shape, scalar, dtype: ScalarType.Int64, device: device);
    }

    /// <summary>A function of a TorchScript text. Numbers among the arguments, <see cref="double"/>, <see cref="long"/> and
    /// <see cref="int"/>, go as such.</summary>
    internal static object Call(jit.CompilationUnit unit, string function, object[] arguments)
    {
        var scalars = new List<Scalar>(4);
        try
        {
            for (int i = 0; i < arguments.Length; i++)
            {
                Scalar? scalar = arguments[i] switch
                {
                    double number => number.ToScalar(),
                    long number => number.ToScalar(),
                    int number => ((long)number).ToScalar(),
                    _ => null,
                };
                if (scalar is not null)
                {
                    scalars.Add(scalar);
                    arguments[i] = scalar;
                }
            }

            return unit.invoke(function, arguments)!;
        }
        finally
        {
            scalars.ForEach(scalar => scalar.Dispose());
        }
    }
}
