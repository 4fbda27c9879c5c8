using System.Globalization;

namespace LLoCO.Core.Checkpoints;

/// <summary>Turns the dictionary of a <c>torch.save</c> pickle into named tensors.</summary>
internal static class TorchDictionary
{
    private const int MaxDepth = 16;
    private const int MaxNameLength = 4096;

    /// <summary>
    /// Nested dictionaries that each contain the next one twice are small in a file, but the walk would be endless.
    /// </summary>
    private const long MaxNameCharacters = 64L << 20;

    /// <summary>Lists all tensors, with the keys of nested dictionaries joined by a full stop.</summary>
    /// <exception cref="CheckpointFormatException">The content is no dictionary, holds anything else than tensors, or a name
    /// twice.</exception>
    public static IReadOnlyList<(string Name, PickleTensor Tensor)> Flatten(string file, object? content)
    {
        if (content is not PickleDictionary root)
        {
            throw new CheckpointFormatException(file, null, "the file does not hold a dictionary of tensors");
        }

        var found = new List<(string, PickleTensor)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        long characters = 0;
        Walk(root, prefix: string.Empty, depth: 0);
        return found;

        void Walk(PickleDictionary dictionary, string prefix, int depth)
        {
            foreach ((object key, object? value) in dictionary.Items)
            {
                string name = prefix + KeyText(file, prefix, key);
                characters += name.Length + 1;
                if (name.Length > MaxNameLength || characters > MaxNameCharacters || depth > MaxDepth)
                {
                    string fault = "dictionaries are nested too deeply or hold too much";
                    throw new CheckpointFormatException(file, name[..Math.Min(name.Length, 80)], fault);
                }

                if (value is PickleDictionary inner)
                {
                    Walk(inner, name + ".", depth + 1);
                }
                else
                {
                    PickleTensor tensor = value as PickleTensor
                        ?? throw new CheckpointFormatException(file, name, $"the entry is {Kind(value)}, not a tensor");
                    found.Add(names.Add(name)
                        ? (name, tensor)
                        : throw new CheckpointFormatException(file, name, "the key stands there twice"));
                }
            }
        }
    }

    private static string KeyText(string file, string prefix, object key) => key switch
    {
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => throw new CheckpointFormatException(file, prefix, $"a key is {Kind(key)}; keys must be strings or integers"),
    };

    private static string Kind(object? value) => value switch
    {
        null => "None",
        string => "a string",
        long or double or bool => "a number",
        PickleList => "a list",
        PickleDictionary => "a dictionary",
        object?[] => "a tuple",
        PickleName name => name.Name,
        PickleTensor => "a tensor",
        _ => "a storage",
    };
}
