using System.Net.Sockets;
using LLoCO.Core;
using Orleans.Runtime;

namespace LLoCO.Orleans;

/// <summary>Calls to silos. What goes wrong on the way is said in plain words; what a silo answers is passed on.</summary>
internal static class SiloCall
{
    /// <summary>Waits for an answer.</summary>
    /// <param name="call">The call.</param>
    /// <param name="remedy">What to do if none comes: whole sentences.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="LlocoException">No silo answered in time, or it was lost.</exception>
    public static async Task<T> WaitAsync<T>(Task<T> call, string remedy, CancellationToken cancellationToken)
    {
        try
        {
            return await call.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (Explain(error, remedy) is { } told)
        {
            throw told;
        }
    }

    /// <summary>Waits for the end of a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="remedy">What to do if no answer comes: whole sentences.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="LlocoException">No silo answered in time, or it was lost.</exception>
    public static async Task WaitAsync(Task call, string remedy, CancellationToken cancellationToken = default)
    {
        try
        {
            await call.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (Explain(error, remedy) is { } told)
        {
            throw told;
        }
    }

    /// <summary>Says in plain words what went wrong on the way to a silo.</summary>
    /// <param name="error">The error.</param>
    /// <param name="remedy">What to do: whole sentences.</param>
    /// <returns>The error to throw; <see langword="null"/> where this one is not of the way.</returns>
    public static LlocoException? Explain(Exception error, string remedy) => error switch
    {
        LlocoException => null,
        TimeoutException => new LlocoException(
            $"The silo that was asked did not answer in time: its machine is busy, or it was lost. {remedy}", error),
        OrleansException or SocketException => new LlocoException(
            $"No silo of the cluster can be reached now: the one that was asked is gone, or takes no calls. Start one with 'lloco work'. {remedy}",
            error),
        _ => null,
    };
}
