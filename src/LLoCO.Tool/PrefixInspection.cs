using LLoCO.Training.Export;

namespace LLoCO.Tool;

/// <summary>Tells what a key/value prefix in a PEFT folder holds.</summary>
internal static class PrefixInspection
{
    /// <summary>Describes a folder.</summary>
    /// <param name="path">The PEFT folder.</param>
    public static Inspection OfFolder(string path)
    {
        KeyValuePrefixFile prefix = KeyValuePrefixFile.Read(path);
        return new Inspection(
            new { kind = "prefix", path, prefix },
            $"""
            prefix:  {prefix.Kind}, {prefix.Tokens} positions ({prefix.FrozenTokens} frozen), {prefix.Type}
            model:   {prefix.Layers} layers, {prefix.Heads} key/value heads of width {prefix.HeadDimension}
            base:    {prefix.BaseModel ?? "not named"}
            use:     lloco ask QUESTION --adapter {path} --model MODEL
            """);
    }
}
