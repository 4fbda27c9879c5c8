using System.Text.Json;
using System.Text.Json.Serialization;

namespace LLoCO.Orleans.Storage;

/// <summary>The JSON of the shared folder: unknown keys are passed over, so that silos of two versions read each other's files during an
/// upgrade.</summary>
internal static class StoreJson
{
    /// <summary>Gets the options.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };
}
