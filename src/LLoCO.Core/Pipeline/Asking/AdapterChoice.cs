using LLoCO.Core.Decoding;

namespace LLoCO.Core.Pipeline.Asking;

/// <summary>Which adapter reads summary embeddings.</summary>
internal static class AdapterChoice
{
    /// <summary>Picks the adapter of an answer: the requested one, else the one with the name of the group, else none.</summary>
    /// <param name="decoder">The decoder with the adapters.</param>
    /// <param name="asked">The requested adapter (<see cref="AskOptions.Adapter"/>).</param>
    /// <param name="group">The group whose adapter is used if none is requested; <see langword="null"/> for none.</param>
    /// <returns>The adapter's name, or <see langword="null"/> for the base model.</returns>
    /// <exception cref="LlocoException">There is no such adapter.</exception>
    public static string? Choose(IAnswerDecoder decoder, string? asked, string? group)
    {
        switch (asked)
        {
            case AskOptions.NoAdapter:
                return null;
            case null:
                return group is not null && decoder.Adapters.Contains(group) ? group : null;
            default:
                return decoder.Adapters.Contains(asked)
                    ? asked
                    : throw new LlocoException($"There is no adapter '{asked}'. Loaded: "
                        + (decoder.Adapters.Count == 0 ? "none" : string.Join(", ", decoder.Adapters.Order()))
                        + ". Add it with AddAdapter.");
        }
    }
}
