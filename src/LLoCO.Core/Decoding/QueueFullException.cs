namespace LLoCO.Core.Decoding;

/// <summary>So many requests wait that another one was not taken: the caller should ask again later, or tell its own caller
/// to.</summary>
public sealed class QueueFullException : LlocoException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="waiting">Requests that wait.</param>
    public QueueFullException(int waiting)
        : base($"{waiting} requests wait for the model already, as many as are allowed ({nameof(BatchOptions)}."
            + $"{nameof(BatchOptions.MaxWaiting)}). Ask again later, or allow more.") => Waiting = waiting;

    /// <summary>Gets the number of requests that wait.</summary>
    public int Waiting { get; }
}
