using System.Text.Json;

namespace LLoCO.Tool.Verification;

/// <summary>A value of goldens.json that records whether it was used. An unused value was not run, which is a failure.</summary>
internal sealed class GoldenNode
{
    private readonly JsonElement _value;
    private readonly Dictionary<string, GoldenNode> _fields = new(StringComparer.Ordinal);
    private readonly List<GoldenNode> _items = [];
    private bool _used;

    /// <summary>Wraps a value and all below it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="path">Its place in the file, for messages.</param>
    internal GoldenNode(JsonElement value, string path)
    {
        _value = value;
        Path = path;
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty field in value.EnumerateObject())
            {
                string name = path.Length == 0 ? field.Name : $"{path}.{field.Name}";
                _fields[field.Name] = new GoldenNode(field.Value, name);
            }
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach ((int index, JsonElement item) in value.EnumerateArray().Index())
            {
                _items.Add(new GoldenNode(item, $"{path}[{index}]"));
            }
        }
    }

    /// <summary>Gets the place in the file.</summary>
    internal string Path { get; }

    /// <summary>Gets whether the value is null; then it counts as used.</summary>
    internal bool IsNull
    {
        get
        {
            bool isNull = _value.ValueKind == JsonValueKind.Null;
            _used |= isNull;
            return isNull;
        }
    }

    /// <summary>Gets whether the value is an array.</summary>
    internal bool IsArray => _value.ValueKind == JsonValueKind.Array;

    /// <summary>Gets the items of an array.</summary>
    internal IReadOnlyList<GoldenNode> Items
    {
        get
        {
            Require(JsonValueKind.Array);
            _used |= _items.Count == 0;
            return _items;
        }
    }

    /// <summary>Gets a required field, which may be null.</summary>
    internal GoldenNode this[string name]
    {
        get
        {
            Require(JsonValueKind.Object);
            return _fields.TryGetValue(name, out GoldenNode? field)
                ? field
                : throw new GoldenFault(Path.Length == 0 ? name : $"{Path}.{name}", "is missing");
        }
    }

    /// <summary>Gets a field that may be absent.</summary>
    internal GoldenNode? Find(string name) => _fields.GetValueOrDefault(name);

    /// <summary>Gets the names of the fields.</summary>
    internal IEnumerable<string> Fields => _fields.Keys;

    /// <summary>Reads a text.</summary>
    internal string Text()
    {
        Require(JsonValueKind.String);
        return Use(_value.GetString()!);
    }

    /// <summary>Reads a text or null.</summary>
    internal string? TextOrNull() => IsNull ? null : Text();

    /// <summary>Reads a number.</summary>
    internal double Number()
    {
        Require(JsonValueKind.Number);
        return Use(_value.GetDouble());
    }

    /// <summary>Reads a whole number.</summary>
    internal long Integer()
    {
        Require(JsonValueKind.Number);
        return _value.TryGetInt64(out long number) ? Use(number) : throw new GoldenFault(Path, $"{_value} is no whole number");
    }

    /// <summary>Reads true or false.</summary>
    internal bool Flag() => _value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? Use(_value.GetBoolean())
        : throw new GoldenFault(Path, $"is {_value.ValueKind}, not true or false");

    /// <summary>Reads whole numbers, out of arrays in arrays too, in order.</summary>
    internal long[] Integers() => IsArray ? [.. Items.SelectMany(item => item.Integers())] : [Integer()];

    /// <summary>Marks this value and all below it as descriptions for readers, which are not compared.</summary>
    internal void Ignore() => _used = true;

    /// <summary>Lists the values that were never used.</summary>
    internal IEnumerable<string> Unused()
    {
        if (_used)
        {
            return [];
        }

        GoldenNode[] below = [.. _fields.Values, .. _items];
        return below.Length == 0 ? [Path] : below.SelectMany(node => node.Unused());
    }

    private T Use<T>(T value)
    {
        _used = true;
        return value;
    }

    private void Require(JsonValueKind kind)
    {
        if (_value.ValueKind != kind)
        {
            throw new GoldenFault(Path, $"is {_value.ValueKind}, not {kind}");
        }
    }
}
