namespace LLoCO.Core.Decoding;

/// <summary>Prefix, prompt and answer need more positions than the model's native window has.</summary>
public sealed class WindowExceededException : LlocoException
{
    /// <summary>Creates the error.</summary>
    /// <param name="budget">The positions of each part (<see cref="WindowBudget.EnsureFits"/>).</param>
    public WindowExceededException(WindowBudget budget)
        : base($"The request {budget.Explain()} Ask fewer documents at once, shorten the question, or lower MaxNewTokens.")
    {
        Required = (int)Math.Min(int.MaxValue, budget.Required);
        Window = budget.Window;
    }

    /// <summary>Creates the error for a document that is too long for any question.</summary>
    /// <param name="message">What is too long, and what to do.</param>
    /// <param name="budget">The positions of each part.</param>
    internal WindowExceededException(string message, WindowBudget budget)
        : base(message)
    {
        Required = (int)Math.Min(int.MaxValue, budget.Required);
        Window = budget.Window;
    }

    /// <summary>Gets the positions that the request needs.</summary>
    public int Required { get; }

    /// <summary>Gets the positions that the native window has.</summary>
    public int Window { get; }
}
