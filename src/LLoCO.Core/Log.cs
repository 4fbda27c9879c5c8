using Microsoft.Extensions.Logging;

namespace LLoCO.Core;

/// <summary>Every log message of this package. Event ids are stable; text of documents, questions and answers appears at Trace
/// only.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 100, Level = LogLevel.Information,
        Message = "Pipeline ready: model {Model}, {Adapters} adapters, native window {Window}, loaded in {Seconds:F2} s")]
    public static partial void PipelineReady(ILogger logger, string model, int adapters, int window, double seconds);

    [LoggerMessage(EventId = 101, Level = LogLevel.Debug, Message = "Pipeline disposed")]
    public static partial void PipelineDisposed(ILogger logger);

    /// <summary>The id of <see cref="TokenizersDiffer"/>.</summary>
    internal const int TokenizersDifferId = 102;

    [LoggerMessage(EventId = TokenizersDifferId, Level = LogLevel.Warning, Message = "{Warning}")]
    public static partial void TokenizersDiffer(ILogger logger, string warning);

    [LoggerMessage(EventId = 200, Level = LogLevel.Debug,
        Message = "Ingest of {Document}: {Segments} segments, {Reused} of them taken over")]
    public static partial void IngestStarted(ILogger logger, string document, int segments, int reused);

    [LoggerMessage(EventId = 201, Level = LogLevel.Information,
        Message = "Ingest of {Document} ended: {Outcome}, {Tokens} tokens in {Vectors} vectors, {Compressed} segments "
            + "compressed, {Seconds:F2} s")]
    public static partial void IngestEnded(
        ILogger logger, string document, IngestOutcome outcome, int tokens, int vectors, int compressed, double seconds);

    [LoggerMessage(EventId = 202, Level = LogLevel.Error, Message = "Ingest of {Document} failed")]
    public static partial void IngestFailed(ILogger logger, Exception error, string document);

    [LoggerMessage(EventId = 203, Level = LogLevel.Information, Message = "Document {Document} deleted")]
    public static partial void DocumentDeleted(ILogger logger, string document);

    [LoggerMessage(EventId = 204, Level = LogLevel.Debug, Message = "Ingest of {Document}: segment {Done} of {Segments} is kept")]
    public static partial void SegmentKept(ILogger logger, string document, int done, int segments);

    [LoggerMessage(EventId = 205, Level = LogLevel.Warning, Message = "Answers about {Document} will be in doubt: {Warning}")]
    public static partial void DocumentInDoubt(ILogger logger, string document, string warning);

    [LoggerMessage(EventId = 300, Level = LogLevel.Debug,
        Message = "Question goes to {Documents} documents of group {Group} with adapter {Adapter}: {Summary} summary embeddings, "
            + "{Prompt} prompt tokens")]
    public static partial void QuestionPlanned(
        ILogger logger, int documents, string? group, string? adapter, int summary, int prompt);

    [LoggerMessage(EventId = 301, Level = LogLevel.Warning,
        Message = "{Left} of {Documents} documents left out: they do not fit the native window of {Window}")]
    public static partial void DocumentsLeftOut(ILogger logger, int left, int documents, int window);

    [LoggerMessage(EventId = 302, Level = LogLevel.Information,
        Message = "Question answered: {Generated} tokens, first after {FirstToken:F3} s, all after {Total:F3} s")]
    public static partial void QuestionAnswered(ILogger logger, int generated, double firstToken, double total);

    [LoggerMessage(EventId = 304, Level = LogLevel.Warning, Message = "The answer is in doubt: {Reasons}")]
    public static partial void AnswerInDoubt(ILogger logger, string reasons);

    [LoggerMessage(EventId = 303, Level = LogLevel.Trace, Message = "Question: {Question} Answer: {Answer}")]
    public static partial void QuestionContent(ILogger logger, string question, string answer);
}
