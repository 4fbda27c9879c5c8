using LLoCO.Core;

namespace LLoCO.Orleans;

/// <summary>A silo was not heard of in time, so that its unit of work belongs to another one now. It writes nothing more of it.</summary>
public sealed class LeaseLostException : LlocoException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which unit.</param>
    public LeaseLostException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">Which unit.</param>
    /// <param name="innerException">The cause.</param>
    public LeaseLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
