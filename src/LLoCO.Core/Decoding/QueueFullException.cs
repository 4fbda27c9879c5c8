namespace LLoCO.Core.Decoding;

/// <summary>The queue of waiting requests is full, and the request was refused. Try again later.</summary>
public sealed class QueueFullException : LlocoException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="waiting">Number of waiting requests.</param>
    public QueueFullException(int waiting)
        : base($"{waiting} requests wait for the model already, as many as are allowed ({nameof(BatchOptions)}."
            + $"{nameof(BatchOptions.MaxWaiting)}). Ask again later, or allow more.") => Waiting = waiting;

    /// <summary>Gets the number of waiting requests.</summary>
    public int Waiting { get; }
}
