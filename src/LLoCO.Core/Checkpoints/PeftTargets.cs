using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Which modules an adapter's settings mean: <c>target_modules</c> as a list of names or ends of names, as a pattern, or
/// <c>all-linear</c>; less <c>exclude_modules</c>, and in some layers only (<c>layers_to_transform</c>, <c>layers_pattern</c>).
/// </summary>
/// <remarks>The rules are those of PEFT (<c>check_target_module_exists</c>).</remarks>
internal sealed class PeftTargets
{
    private const string Key = "target_modules";
    private const int MaxLayer = 1 << 20;

    private readonly IReadOnlyList<string>? _names;
    private readonly Regex? _pattern;
    private readonly IReadOnlyList<string> _excludedNames = [];
    private readonly Regex? _excludedPattern;
    private readonly IReadOnlyList<int>? _layers;
    private readonly IReadOnlyList<Regex> _layerPlaces = [];

    private PeftTargets(JsonFields fields)
    {
        JsonElement targets = fields.Find(Key) ?? throw fields.Fault(Key, "the key is missing");
        if (targets.ValueKind == JsonValueKind.String)
        {
            string text = targets.GetString()!;
            IsEverything = text.Equals("all-linear", StringComparison.OrdinalIgnoreCase);
            _pattern = IsEverything ? null : PeftPattern.Compile(fields, Key, text);
        }
        else
        {
            _names = Names(fields, Key, targets);
            _ = _names.Count > 0 ? true : throw fields.Fault(Key, "the list is empty");
        }

        if (fields.Find("exclude_modules") is { } excluded)
        {
            if (excluded.ValueKind == JsonValueKind.String)
            {
                _excludedPattern = PeftPattern.Compile(fields, "exclude_modules", excluded.GetString()!);
            }
            else
            {
                _excludedNames = Names(fields, "exclude_modules", excluded);
            }
        }

        _layers = Layers(fields);
        if (_layers is not null)
        {
            _ = _names is not null
                ? true
                : throw fields.Fault("layers_to_transform", "goes with a list in target_modules only, as in PEFT");
            _layerPlaces = [.. LayerPatterns(fields).Select(
                pattern => PeftPattern.Compile(fields, "layers_pattern", pattern, @".*\.", @"\.(?<layer>\d+)\..*"))];
        }
    }

    /// <summary>Gets whether all linear layers are targets.</summary>
    internal bool IsEverything { get; }

    /// <summary>Reads the settings.</summary>
    /// <exception cref="CheckpointFormatException">They are missing or of another form.</exception>
    internal static PeftTargets Read(JsonFields fields) => new(fields);

    /// <summary>Checks whether a module is a target.</summary>
    /// <param name="path">Its path in the model, such as <c>model.layers.0.self_attn.q_proj</c>.</param>
    internal bool Include(string path)
    {
        if (_excludedPattern?.IsMatch(path) == true || _excludedNames.Any(name => Ends(path, name)))
        {
            return false;
        }

        return IsEverything || _pattern?.IsMatch(path) == true || _names?.Any(name => path == name) == true
            || (_names?.Any(name => Ends(path, name)) == true && IsInLayers(path));
    }

    /// <summary>Finds a name of the list that means modules which the model has and for which there are no weights. Names of other
    /// models' modules are none: people list them all.</summary>
    /// <param name="known">Module paths without the layer, such as <c>self_attn.q_proj</c>.</param>
    /// <param name="adapted">Paths of the modules with weights.</param>
    internal string? FindWithoutWeights(IEnumerable<string> known, IReadOnlyCollection<string> adapted) => _names?.FirstOrDefault(
        name => known.Any(module => Ends(module, name) || name.EndsWith($".{module}", StringComparison.Ordinal))
            && !adapted.Any(path => Ends(path, name)));

    /// <summary>Puts projections in the order of the list.</summary>
    /// <param name="modules">Projections, in the order of a layer, which they keep where the list does not name them.</param>
    internal string[] Order(IEnumerable<string> modules) =>
        [.. modules.OrderBy(module => _names?.ToList().IndexOf(module) is >= 0 and var place ? place : int.MaxValue)];

    private static bool Ends(string path, string name) =>
        path == name || (path.EndsWith(name, StringComparison.Ordinal) && path.Length > name.Length && path[^(name.Length + 1)] == '.');

    private bool IsInLayers(string path)
    {
        if (_layers is null)
        {
            return true;
        }

        Match? place = _layerPlaces.Select(pattern => pattern.Match(path)).FirstOrDefault(match => match.Success);
        return place is not null
            && int.TryParse(place.Groups["layer"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int layer)
            && _layers.Contains(layer);
    }

    private static List<string> Names(JsonFields fields, string key, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw fields.Fault(key, $"{JsonFields.Show(value)} is neither a list of names nor a pattern");
        }

        var names = new List<string>();
        foreach (JsonElement item in value.EnumerateArray())
        {
            string? name = item.ValueKind == JsonValueKind.String ? item.GetString() : null;
            if (string.IsNullOrEmpty(name) || names.Contains(name))
            {
                throw fields.Fault(key, $"{JsonFields.Show(item)} stands twice or is no name");
            }

            names.Add(name);
        }

        return names;
    }

    private static IReadOnlyList<int>? Layers(JsonFields fields)
    {
        const string LayersKey = "layers_to_transform";
        if (fields.Find(LayersKey) is not { } value)
        {
            return null;
        }

        int[] layers = value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => fields.ToInt(LayersKey, item, 0, MaxLayer))]
            : [fields.ToInt(LayersKey, value, 0, MaxLayer)];
        return layers.Length == 0 ? null : layers;
    }

    private static IEnumerable<string> LayerPatterns(JsonFields fields)
    {
        const string PatternKey = "layers_pattern";
        return fields.Find(PatternKey) switch
        {
            null => ["[^.]*"],
            { ValueKind: JsonValueKind.String } one when one.GetString()!.Length > 0 => [one.GetString()!],
            { ValueKind: JsonValueKind.String } => ["[^.]*"],
            { } several when several.ValueKind == JsonValueKind.Array && several.GetArrayLength() == 0 => ["[^.]*"],
            { } several => Names(fields, PatternKey, several),
        };
    }
}
