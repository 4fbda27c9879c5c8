using Microsoft.Extensions.Logging;

namespace LLoCO.Tool;

/// <summary>Writes log messages, one a line, to a writer: the tool's standard error.</summary>
/// <param name="writer">Gets the lines.</param>
/// <param name="verbose">Whether to write all messages. Otherwise only messages that no verb reports itself: that a model
/// folder's two vocabularies differ, and why the server could not answer a request.</param>
internal sealed class WriterLoggerFactory(TextWriter writer, bool verbose) : ILoggerFactory
{
    /// <summary>The event of the library with which it says that two vocabularies differ.</summary>
    private const int TokenizersDiffer = 102;

    /// <summary>The event of the server with which it says why a request failed: its caller is told to look here.</summary>
    private const int RequestFailed = 201;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new WriterLogger(
        writer, verbose, categoryName.StartsWith("LLoCO.", StringComparison.Ordinal));

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("The tool writes its log to standard error only.");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class WriterLogger(TextWriter writer, bool verbose, bool isOwn) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= (verbose ? LogLevel.Debug : LogLevel.Warning);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && (verbose || (isOwn && eventId.Id is TokenizersDiffer or RequestFailed)))
            {
                lock (writer)
                {
                    writer.WriteLine($"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : " " + exception)}");
                }
            }
        }
    }
}
