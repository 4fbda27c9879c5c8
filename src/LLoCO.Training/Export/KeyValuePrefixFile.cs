using LLoCO.Core.Checkpoints;

namespace LLoCO.Training.Export;

/// <summary>A key/value prefix in a PEFT folder (<c>CARTRIDGE</c>, or <c>PREFIX_TUNING</c> without projection), seen from
/// outside.</summary>
/// <param name="Kind">PEFT's name of the type.</param>
/// <param name="Tokens">Positions that it takes.</param>
/// <param name="FrozenTokens">How many of the first ones training left alone.</param>
/// <param name="Layers">Layers of the model that it was made for.</param>
/// <param name="Heads">Key/value heads of that model.</param>
/// <param name="HeadDimension">Width of a head.</param>
/// <param name="Type">Number format in the file.</param>
/// <param name="BaseModel">That model, as the author named it; may be <see langword="null"/>.</param>
public sealed record KeyValuePrefixFile(
    string Kind, int Tokens, int FrozenTokens, int Layers, int Heads, int HeadDimension, ElementType Type, string? BaseModel)
{
    /// <summary>Tells whether a PEFT folder holds a key/value prefix rather than a LoRA.</summary>
    /// <param name="folder">A folder with <c>adapter_config.json</c>.</param>
    /// <returns>Whether its <c>peft_type</c> is one of the two.</returns>
    /// <exception cref="CheckpointFormatException">The file cannot be read.</exception>
    public static bool IsOne(string folder) => PeftPrefixFolder.IsOne(folder);

    /// <summary>Reads settings and shape, without the numbers.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>What it holds.</returns>
    /// <exception cref="CheckpointFormatException">A file is missing or damaged, or asks for something that is not
    /// supported.</exception>
    public static KeyValuePrefixFile Read(string folder)
    {
        using PeftPrefixFolder opened = PeftPrefixFolder.Open(folder);
        PeftPrefixConfig config = opened.Config;
        return new KeyValuePrefixFile(
            config.Kind, config.Tokens, config.FrozenTokens, config.Layers, config.Heads, config.Width / config.Heads,
            opened.Tensor.ElementType, config.BaseModel);
    }
}
