using System.Globalization;
using System.Text.RegularExpressions;
using LLoCO.Core.Families;

namespace LLoCO.Core.Checkpoints;

/// <summary>
/// Name of a LoRA weight in a PEFT file, <c>base_model.model.model.layers.N.self_attn.q_proj.lora_A.weight</c>.
/// </summary>
/// <param name="Layer">The decoder layer, from 0.</param>
/// <param name="Module">The projection, such as <c>q_proj</c>.</param>
/// <param name="IsB">Whether it is B, <c>[out, r]</c>; otherwise A, <c>[r, in]</c>.</param>
internal readonly partial record struct PeftTensorName(int Layer, string Module, bool IsB)
{
    private static readonly IReadOnlyDictionary<string, string> Blocks =
        LayerTable.ModuleNames().ToDictionary(module => module.Split('.')[1], module => module.Split('.')[0]);

    /// <summary>Gets all projections that can be adapted, for messages.</summary>
    public static string ModuleList { get; } = string.Join(", ", Blocks.Keys);

    /// <summary>Gets all projections that can be adapted, in the order of a layer.</summary>
    public static IReadOnlyList<string> Modules { get; } = [.. Blocks.Keys];

    /// <summary>Gets the name of the other of the pair A, B.</summary>
    public PeftTensorName Partner => this with { IsB = !IsB };

    /// <summary>Gets the block that a projection is part of, <c>self_attn</c> or <c>mlp</c>; null for an unknown one.</summary>
    public static string? BlockOf(string module) => Blocks.GetValueOrDefault(module);

    /// <summary>Gets the module's path in the model.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"model.layers.{Layer}.{BlockOf(Module)}.{Module}");

    /// <summary>Parses a name; null for anything else.</summary>
    public static PeftTensorName? Parse(string name) =>
        Parse(name, out string? adapterName) is { } parsed && adapterName is null ? parsed : null;

    /// <summary>Parses a name in which the adapter's own name may stand (<c>lora_A.default.weight</c>); null for anything
    /// else.</summary>
    public static PeftTensorName? Parse(string name, out string? adapterName)
    {
        adapterName = null;
        Match match = Pattern().Match(name);
        if (!match.Success || BlockOf(match.Groups[3].Value) != match.Groups[2].Value)
        {
            return null;
        }

        adapterName = match.Groups[5].Success ? match.Groups[5].Value : null;
        int layer = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        return new PeftTensorName(layer, match.Groups[3].Value, match.Groups[4].Value == "B");
    }

    /// <summary>Gets the name as the file has it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"base_model.model.model.layers.{Layer}.{BlockOf(Module)}.{Module}.lora_{(IsB ? 'B' : 'A')}.weight");

    [GeneratedRegex(
        @"^base_model\.model\.model\.layers\.(0|[1-9][0-9]{0,4})\.(self_attn|mlp)\.((?:[a-z]+_){1,2}proj)\.lora_(A|B)(?:\.([^.]{1,100}))?"
        + @"\.weight\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
