namespace LLoCO.Core;

/// <summary>libtorch cannot be used here. The message says what is missing and how to get it.</summary>
public sealed class LlocoRuntimeException : LlocoException
{
    /// <summary>Creates the error.</summary>
    /// <param name="fault">Why libtorch cannot be used.</param>
    /// <param name="message">What is missing and how to get it.</param>
    /// <param name="innerException">The cause, if another error led here.</param>
    internal LlocoRuntimeException(LlocoRuntimeFault fault, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Fault = fault;
    }

    /// <summary>Gets why libtorch cannot be used.</summary>
    public LlocoRuntimeFault Fault { get; }
}
