namespace LLoCO.Core.Families;

/// <summary>A tensor of a layer in a checkpoint: one weight, or several whose rows stand one behind the other.</summary>
/// <param name="Name">Its name, without the layer's prefix.</param>
/// <param name="Rows">The weights in it.</param>
internal sealed record StoredWeight(string Name, IReadOnlyList<LayerRow> Rows)
{
    /// <summary>Gets the module of a linear layer, as PEFT files name it: <c>self_attn.qkv_proj</c>.</summary>
    internal string Module => ModuleOf(Name);

    /// <summary>Gets its name in <c>target_modules</c>: <c>qkv_proj</c>.</summary>
    internal string PeftName => Module.Split('.')[^1];

    /// <summary>The module that a weight is of.</summary>
    /// <param name="weight">The weight's name.</param>
    internal static string ModuleOf(string weight) => weight[..weight.LastIndexOf('.')];

    /// <summary>Its shape in a model.</summary>
    internal long[] Shape(LlamaConfig config)
    {
        long[] shape = Rows[0].Shape(config);
        return Rows.Count == 1 ? shape : [Rows.Sum(row => row.Shape(config)[0]), shape[1]];
    }

    /// <summary>The weights in it: which, the first of their rows, and how many.</summary>
    internal IEnumerable<(LayerRow Row, long Start, long Count)> Parts(LlamaConfig config)
    {
        long start = 0;
        foreach (LayerRow row in Rows)
        {
            long count = row.Shape(config)[0];
            yield return (row, start, count);
            start += count;
        }
    }
}
