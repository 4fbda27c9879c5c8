namespace LLoCO.Core.Decoding;

/// <summary>Prefix, prompt and answer need more positions than the model's native window has.</summary>
public sealed class WindowExceededException : LlocoException
{
    /// <summary>Creates the error.</summary>
    /// <param name="prefix">Positions of the summary prefix.</param>
    /// <param name="prompt">Positions of the prompt.</param>
    /// <param name="newTokens">Positions kept for the answer.</param>
    /// <param name="window">The native window.</param>
    public WindowExceededException(int prefix, int prompt, int newTokens, int window)
        : base($"The request needs {prefix + prompt + newTokens} positions ({prefix} summary embeddings, {prompt} prompt tokens, "
            + $"{newTokens} new tokens); the native window has {window}: {prefix + prompt + newTokens - window} too many. "
            + "Ask fewer documents at once, shorten the question, or lower MaxNewTokens.")
    {
        Required = prefix + prompt + newTokens;
        Window = window;
    }

    /// <summary>Gets the positions that the request needs.</summary>
    public int Required { get; }

    /// <summary>Gets the positions that the native window has.</summary>
    public int Window { get; }
}
