using Microsoft.Extensions.Logging;

namespace LLoCO.Orleans;

/// <summary>The log messages of this package. Event ids are stable.</summary>
internal static partial class Log
{
    [LoggerMessage(201, LogLevel.Warning, "Job {Job}: the silo {Silo} was not heard of; '{Unit}' is given to another one")]
    public static partial void LeaseExpired(ILogger logger, string job, string unit, string silo);

    [LoggerMessage(202, LogLevel.Warning, "Job {Job}: '{Unit}' is set aside: {Reason}")]
    public static partial void SetAside(ILogger logger, string job, string unit, string reason);

    [LoggerMessage(203, LogLevel.Information, "Job {Job}: '{Unit}' is taken")]
    public static partial void Taken(ILogger logger, string job, string unit);

    [LoggerMessage(204, LogLevel.Information, "Job {Job}: '{Unit}' ended: {Outcome}")]
    public static partial void Ended(ILogger logger, string job, string unit, string outcome);

    [LoggerMessage(205, LogLevel.Warning, "No work could be taken; the next attempt is in {Seconds:F1} s")]
    public static partial void NotReached(ILogger logger, Exception error, double seconds);

    [LoggerMessage(207, LogLevel.Warning, "The adapter '{Adapter}' of the shared folder cannot be loaded; the next question tries again")]
    public static partial void AdapterNotLoaded(ILogger logger, Exception error, string adapter);

    [LoggerMessage(206, LogLevel.Error, "Job {Job}: what became of '{Unit}' could not be told; another silo will take it")]
    public static partial void NotTold(ILogger logger, Exception error, string job, string unit);
}
