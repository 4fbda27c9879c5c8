using LLoCO.Core;

namespace LLoCO.Orleans;

/// <summary>The cluster, or one of its silos, has as much work as it may hold. Nothing was begun; the same call may succeed later.</summary>
public sealed class ClusterBusyException : LlocoException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is full, and what to do.</param>
    public ClusterBusyException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is full, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public ClusterBusyException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
