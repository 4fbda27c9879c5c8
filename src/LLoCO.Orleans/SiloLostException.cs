using LLoCO.Core;

namespace LLoCO.Orleans;

/// <summary>The silo that worked on a call died, or does not know of it any more. The same call reaches another silo.</summary>
public sealed class SiloLostException : LlocoException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was lost, and what to do.</param>
    public SiloLostException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was lost, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public SiloLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
