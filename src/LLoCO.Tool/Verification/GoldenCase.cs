using LLoCO.Training.Probing;

namespace LLoCO.Tool.Verification;

/// <summary>One golden folder under verification.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Tensors">Inputs and expected numbers.</param>
/// <param name="Loaded">The folder's model.</param>
/// <param name="Report">Takes the comparisons.</param>
internal sealed record GoldenCase(string Folder, GoldenTensors Tensors, ModelProbe Loaded, GoldenReport Report)
{
    /// <summary>Reads an int64 tensor, <c>[batch, seq]</c>, that stands in the JSON once more, and compares the two.</summary>
    /// <param name="scenario">The scenario.</param>
    /// <param name="field">Field with the tensor's name; the numbers are in <c>FIELD_values</c>.</param>
    /// <param name="besides">A number that is allowed besides token ids.</param>
    internal GoldenIds Ids(GoldenNode scenario, string field, long besides = 0)
    {
        GoldenIds ids = Ids(scenario[field].Text());
        GoldenNode values = scenario[field + "_values"];
        Report.Compare(GoldenKind.Inputs, values.Path, values.Integers(), ids.Values);
        return TokensOnly(ids, scenario[field].Text(), besides);
    }

    /// <summary>Refuses numbers that are no token ids: libtorch would read past its tables.</summary>
    /// <param name="ids">The numbers.</param>
    /// <param name="name">Their name.</param>
    /// <param name="besides">A number that is allowed besides token ids.</param>
    internal GoldenIds TokensOnly(GoldenIds ids, string name, long besides = 0)
    {
        foreach (long id in ids.Values)
        {
            if (id != besides && (id < 0 || id >= Loaded.Config.VocabularySize))
            {
                throw new GoldenFault(name, $"{id} is no token id of the model");
            }
        }

        return ids;
    }

    /// <summary>Reads an int64 tensor, <c>[batch, seq]</c>; one dimension is a batch of one.</summary>
    internal GoldenIds Ids(string name)
    {
        long[] shape = Tensors.Shape(name);
        long[] values = Tensors.Integers(name);
        return shape.Length switch
        {
            1 => new GoldenIds(1, (int)shape[0], values),
            2 => new GoldenIds((int)shape[0], (int)shape[1], values),
            _ => throw new GoldenFault(name, $"has {shape.Length} dimensions, not [batch, tokens]"),
        };
    }

    /// <summary>Compares a float tensor of the fixture with ours.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="actual">Our numbers with their shape.</param>
    internal void Compare(GoldenKind kind, string name, NamedNumbers actual) => Compare(kind, name, actual.Shape, actual.Numbers);

    /// <summary>Compares a float tensor of the fixture with ours.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="shape">The shape of ours.</param>
    /// <param name="actual">Our numbers.</param>
    internal void Compare(GoldenKind kind, string name, IReadOnlyList<long> shape, float[] actual)
    {
        if (!Tensors.Contains(name))
        {
            // The rest of the scenario can still run.
            Report.Fail(kind, name, "the tensor is missing");
            return;
        }

        long[] expected = Tensors.Shape(name);
        if (!expected.SequenceEqual(shape))
        {
            Report.Fail(kind, name, $"shape [{string.Join(", ", expected)}], computed [{string.Join(", ", shape)}]");
            return;
        }

        Report.Compare(kind, name, Tensors.Floats(name), actual);
    }
}

/// <summary>Token ids, labels or a mask of a scenario.</summary>
/// <param name="Batch">Rows.</param>
/// <param name="Length">Numbers per row.</param>
/// <param name="Values">The numbers, row by row.</param>
internal sealed record GoldenIds(int Batch, int Length, long[] Values)
{
    /// <summary>A part of one row.</summary>
    internal int[] Row(int row, int start, int count) =>
        Array.ConvertAll(Values[((row * Length) + start)..((row * Length) + start + count)], checked(id => (int)id));
}
