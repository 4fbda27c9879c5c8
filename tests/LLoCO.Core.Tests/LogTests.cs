using LLoCO.Core.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LLoCO.Core.Tests;

public sealed class LogTests
{
    [Fact]
    public async Task Messages_OfAWholeRun_HaveStableIds()
    {
        RecordingLoggers loggers = await RunAsync();

        // Documents are under way at the same time, so the messages of two may come in either order.
        Assert.Equal(
            new (int, LogLevel)[]
            {
                (100, LogLevel.Information), (200, LogLevel.Debug), (204, LogLevel.Debug), (201, LogLevel.Information),
                (202, LogLevel.Error),
                (301, LogLevel.Warning), (300, LogLevel.Debug), (302, LogLevel.Information), (303, LogLevel.Trace),
                (205, LogLevel.Warning), (304, LogLevel.Warning),
                (203, LogLevel.Information), (101, LogLevel.Debug),
            }.Order(),
            loggers.Messages.Where(message => message.Id.Id != 200 || message.Text.Contains("of a:", StringComparison.Ordinal))
                .Select(message => (message.Id.Id, message.Level)).Distinct().Order());
    }

    [Fact]
    public async Task Messages_AboveTrace_HoldNoContent()
    {
        RecordingLoggers loggers = await RunAsync();

        Assert.DoesNotContain(loggers.Messages, message => message.Level > LogLevel.Trace && HoldsContent(message.Text));
        Assert.Contains(loggers.Messages, message => message.Level == LogLevel.Trace && HoldsContent(message.Text));
    }

    private static bool HoldsContent(string text) =>
        text.Contains("secret", StringComparison.Ordinal) || text.Contains("[a|", StringComparison.Ordinal);

    private static async Task<RecordingLoggers> RunAsync()
    {
        var loggers = new RecordingLoggers();
        await using FakePipeline fake = await FakePipeline.CreateAsync(
            fingerprint => new EchoDecoder(fingerprint) { NativeWindow = 100 },
            configure: builder => builder.UseLogging(loggers));
        await fake.IngestAsync(
            new SourceDocument("a", "secret secret document"), new SourceDocument("b", "another secret"),
            new SourceDocument("c", " "));
        await fake.AskAsync("secret?", new AskOptions
        {
            TopK = 2,
            WindowPolicy = WindowPolicy.FewerDocuments,
            Generation = new() { MaxNewTokens = 83 },
        });
        await fake.Pipeline.DeleteAsync("a", TestContext.Current.CancellationToken);
        return loggers;
    }
}
