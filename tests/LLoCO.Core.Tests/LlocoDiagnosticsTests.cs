using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using LLoCO.Core.Tests.Fakes;
using Xunit;

namespace LLoCO.Core.Tests;

/// <summary>Meters are seen by every listener of the process, so these tests run alone.</summary>
[CollectionDefinition(nameof(LlocoDiagnosticsTests), DisableParallelization = true)]
[Collection(nameof(LlocoDiagnosticsTests))]
public sealed class LlocoDiagnosticsTests
{
    [Fact]
    public async Task Activities_OfIngestAndQuestion_AreNestedAndTagged()
    {
        var seen = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == LlocoDiagnostics.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = seen.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        await RunAsync();

        Activity ask = seen.First(activity => activity.OperationName == "lloco.ask");
        Assert.Equal(
            ["lloco.ingest", "lloco.ingest", "lloco.retrieve", "lloco.decode", "lloco.ask", "lloco.retrieve", "lloco.ask"],
            seen.Select(activity => activity.OperationName));
        Assert.All(seen.Where(activity => activity.OperationName is "lloco.retrieve" or "lloco.decode").Take(2),
            activity => Assert.Equal(ask.SpanId, activity.ParentSpanId));
        Assert.Equal(("answered", "ship", 4), (ask.GetTagItem("lloco.outcome"), ask.GetTagItem("lloco.adapter"),
            ask.GetTagItem("lloco.tokens.summary")));
        Assert.Equal(("failed", ActivityStatusCode.Error), (seen.Last().GetTagItem("lloco.outcome"), seen.Last().Status));

        // Documents are under way at the same time: either may end first.
        Assert.Equal(["added", "failed"], seen.Take(2).Select(activity => activity.GetTagItem("lloco.outcome")).Order());
    }

    [Fact]
    public async Task Instruments_OfIngestAndQuestion_CountWhatHappened()
    {
        var seen = new ConcurrentQueue<(string Name, double Value, string Tags)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == LlocoDiagnostics.MeterName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (instrument, value, tags, _) => seen.Enqueue((instrument.Name, value, Text(tags))));
        listener.SetMeasurementEventCallback<double>(
            (instrument, value, tags, _) => seen.Enqueue((instrument.Name, value, Text(tags))));
        listener.Start();

        await RunAsync();

        Assert.Equal(
            [("added", 1), ("failed", 1)],
            seen.Where(one => one.Name == "lloco.ingest.documents").Select(one => (one.Tags, one.Value)).Order());
        Assert.Equal(16, seen.Where(one => one.Name == "lloco.ingest.tokens").Sum(one => one.Value));
        Assert.Equal(2, seen.Where(one => one.Name == "lloco.ingest.segments").Sum(one => one.Value));
        Assert.Equal(
            [("answered", 1), ("failed", 1)],
            seen.Where(one => one.Name == "lloco.ask.questions").Select(one => (one.Tags, one.Value)));
        Assert.Equal(
            [("raw", 16), ("summary", 4), ("prompt", 11), ("generated", 11)],
            seen.Where(one => one.Name == "lloco.ask.tokens").Select(one => (one.Tags, one.Value)));
        string[] once = ["lloco.ask.first_token", "lloco.ask.retrieve"];
        Assert.All(once, name => Assert.InRange(Assert.Single(seen, one => one.Name == name).Value, 1e-9, 60));
        Assert.Equal(2, seen.Count(one => one.Name == "lloco.ask.duration"));
        Assert.Equal(2, seen.Count(one => one.Name == "lloco.ingest.duration"));
    }

    // Two documents, one of them bad; two questions, one of them bad.
    private static async Task RunAsync()
    {
        await using FakePipeline fake = await FakePipeline.CreateAsync();
        await fake.IngestAsync(new SourceDocument("a", "sixteen letters!", "ship"), new SourceDocument("b", " "));
        LlocoAnswer answer = await fake.AskAsync("letters");
        Assert.Equal("[a|ship]", answer.Text);
        await Assert.ThrowsAsync<LlocoException>(() => fake.AskAsync("why", new AskOptions { Group = "moon" }));
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(',', tags.ToArray().Select(tag => tag.Value));
}
