using LLoCO.Core.Families;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Models.Tiny.Training;

/// <summary>
/// Copies weights into wider ones, so that the model computes nearly what it did (Net2Net, arXiv 1511.05641): what is known fills the
/// first rows and columns, further heads, units and layers add nothing yet, further dimensions of the stream hold small random numbers.
/// </summary>
/// <remarks>Heads keep their width, so that rotations stay.</remarks>
internal static class WiderWeights
{
    /// <summary>Fills a weight of the wider model.</summary>
    /// <param name="name">The weight's name.</param>
    /// <param name="weight">The weight; holds random numbers.</param>
    /// <param name="known">The weight of that name in the narrower model, <see langword="null"/> where there was none.</param>
    /// <param name="stream">What the width of the residual stream is multiplied with.</param>
    internal static void Fill(string name, Tensor weight, Tensor? known, double stream)
    {
        using DisposeScope scope = NewDisposeScope();
        if (known is null)
        {
            // A further layer: its outputs add nothing.
            if (LayerTable.EndsBlock(name))
            {
                weight.zero_();
            }
        }
        else if (known.dim() == 1)
        {
            // The mean square is now over more places, of which the further ones hold little.
            Tensor scale = known.mean().div(tensor(Math.Sqrt(stream)));
            weight.copy_(scale.expand(weight.shape));
            weight.narrow(0, 0, known.size(0)).copy_(known.div(tensor(Math.Sqrt(stream))));
        }
        else
        {
            if (LayerTable.EndsBlock(name))
            {
                // Further heads and units add nothing to what was there.
                weight.narrow(0, 0, known.size(0)).zero_();
            }

            weight.narrow(0, 0, known.size(0)).narrow(1, 0, known.size(1)).copy_(known);
        }
    }
}
