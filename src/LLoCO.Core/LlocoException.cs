namespace LLoCO.Core;

/// <summary>Base of every error that this library detects. The message names the cause and the remedy.</summary>
public class LlocoException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">What is wrong, with what, and what to do.</param>
    /// <param name="innerException">The cause, if another error led here.</param>
    public LlocoException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
