using Microsoft.Extensions.Logging;

namespace LLoCO.Tool;

/// <summary>Writes log messages, one a line, to a writer: the tool's standard error.</summary>
/// <param name="writer">Gets the lines.</param>
/// <param name="verbose">Whether to write all messages. Otherwise only messages that no verb reports itself: that a model
/// folder's two vocabularies differ.</param>
internal sealed class WriterLoggerFactory(TextWriter writer, bool verbose) : ILoggerFactory
{
    /// <summary>The event of the library with which it says that two vocabularies differ.</summary>
    private const int TokenizersDiffer = 102;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new WriterLogger(writer, verbose);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("The tool writes its log to standard error only.");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class WriterLogger(TextWriter writer, bool verbose) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= (verbose ? LogLevel.Debug : LogLevel.Warning);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && (verbose || eventId.Id == TokenizersDiffer))
            {
                lock (writer)
                {
                    writer.WriteLine($"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : " " + exception)}");
                }
            }
        }
    }
}
