using System.Text.Json;

namespace LLoCO.Core.Checkpoints;

/// <summary>Describes JSON faults in terms of the file, because the reader's own messages name .NET types.</summary>
public static class JsonFaults
{
    private const string BrokenText = "a text in it holds half a surrogate pair, or bytes that are not UTF-8";

    /// <summary>Describes a fault.</summary>
    /// <param name="fault">What reading JSON threw: <see cref="JsonException"/>, or <see cref="InvalidOperationException"/>, which
    /// texts that cannot be decoded give.</param>
    /// <returns>Words for the user, without a full stop.</returns>
    public static string Describe(Exception fault) => fault switch
    {
        JsonException { InnerException: InvalidOperationException } => BrokenText,
        JsonException json when NamesTypes(json.Message) => json.Path is { Length: > 1 } path
            ? $"what stands at '{path.TrimStart('$', '.')}' is of another kind than is expected there"
            : "it is of another kind than is expected there",
        JsonException json => json.Message.TrimEnd('.'),
        _ => BrokenText,
    };

    private static bool NamesTypes(string message) =>
        message.Contains("could not be converted", StringComparison.Ordinal)
        || message.Contains("System.", StringComparison.Ordinal) || message.Contains("LLoCO.", StringComparison.Ordinal);
}
