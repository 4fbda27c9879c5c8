using System.Text.Json;
using LLoCO.Core.Checkpoints;

namespace LLoCO.Core.Tokenization.Json;

/// <summary>
/// Reads the part <c>post_processor</c> of a <c>tokenizer.json</c>, for the tokens that it puts before a text. Encoding here adds
/// none.
/// </summary>
internal static class PostProcessorReader
{
    /// <summary>Reads which tokens a post-processor puts before one text.</summary>
    /// <param name="fields">Its object.</param>
    /// <returns>Their names.</returns>
    /// <exception cref="CheckpointFormatException">It is broken or not known.</exception>
    public static IReadOnlyList<string> ReadBefore(JsonFields fields)
    {
        switch (ComponentReader.TypeOf(fields))
        {
            case "Sequence":
                ComponentReader.AllowOnly(fields, "processors");
                return [.. ComponentReader.Parts(fields, "processors").SelectMany(ReadBefore)];
            case "ByteLevel":
                ComponentReader.AllowOnly(fields, "add_prefix_space", "trim_offsets", "use_regex");
                return [];
            case "TemplateProcessing":
                ComponentReader.AllowOnly(fields, "single", "pair", "special_tokens");
                return ReadTemplate(fields);
            case "BertProcessing" or "RobertaProcessing":
                ComponentReader.AllowOnly(fields, "sep", "cls", "trim_offsets", "add_prefix_space");
                return fields.Find("cls") is { ValueKind: JsonValueKind.Array } pair && pair.GetArrayLength() == 2
                    && pair[0].ValueKind == JsonValueKind.String
                        ? [pair[0].GetString()!]
                        : throw fields.Fault("cls", "is not a token and its id");
            default:
                throw ComponentReader.Unknown(fields, "post-processor");
        }
    }

    private static List<string> ReadTemplate(JsonFields fields)
    {
        var before = new List<string>();
        foreach (JsonFields item in ComponentReader.Parts(fields, "single"))
        {
            if (item.Child("SpecialToken") is not { } token)
            {
                break; // the text itself
            }

            before.Add(ComponentReader.Needed(token, "id"));
        }

        return before;
    }
}
