using Microsoft.Extensions.Logging;

namespace LLoCO.Extensions.Hosting;

/// <summary>The log messages of this package. Event ids are stable.</summary>
internal static partial class Log
{
    [LoggerMessage(101, LogLevel.Information, "The model is ready: loaded, and one token generated, in {Seconds:F2} s")]
    public static partial void Ready(ILogger logger, double seconds);

    [LoggerMessage(102, LogLevel.Error, "The model could not be made ready")]
    public static partial void Failed(ILogger logger, Exception error);
}
