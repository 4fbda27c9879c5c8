using LLoCO.Orleans;
using LLoCO.Orleans.Jobs;
using Xunit;

namespace LLoCO.Core.Tests.Cluster;

public sealed class JobLedgerTests
{
    private static readonly ClusterOptions Options = new() { LeaseSeconds = 10, MaxFailures = 2, MaxLost = 3 };

    private readonly SteppedClock _clock = new();
    private readonly List<JobEvent> _log = [];
    private readonly JobLedger _ledger;

    public JobLedgerTests()
    {
        _ledger = new JobLedger("job", Options, _clock);
        Keep(
            new JobEvent(JobEventKind.Created) { Spec = new JobSpec(JobKind.Compress) { Priority = 7 } },
            new JobEvent(JobEventKind.Added) { Documents = [new("a", "/a"), new("b", "/b"), new("a", "/again")] },
            new JobEvent(JobEventKind.Started));
    }

    [Fact]
    public void Lease_EachUnit_IsGivenOnceAndDone()
    {
        JobEvent a = Take("one")!, b = Take("two")!;

        Assert.Null(Take("three"));
        Assert.Equal(("a", "b"), (a.Unit, b.Unit));
        Assert.True(b.Lease > a.Lease);
        Keep(Done(a, 5), Done(b, 6));
        Assert.Equal((JobState.Finished, 2, 11L, 7), (_ledger.State, _ledger.Describe().Done, _ledger.Describe().Tokens, _ledger.Priority));
        AssertReplayed();
    }

    [Fact]
    public void Expire_SiloThatSaysNothing_LosesItsUnitToAnotherOne()
    {
        JobEvent first = Take("hung")!;
        _clock.Move(9);
        Assert.Empty(_ledger.Expire());
        Assert.True(_ledger.Renew(first.Unit, first.Lease, 3, 8));
        _clock.Move(9);
        Assert.Empty(_ledger.Expire());
        _clock.Move(2);
        Keep([.. _ledger.Expire()]);
        Keep(Done(Take("other")!, 1));
        JobEvent again = Take("other")!;

        Assert.Equal(first.Unit, again.Unit);
        Assert.False(_ledger.Renew(first.Unit, first.Lease, 4, 8));
        Assert.False(_ledger.IsNews(new JobEvent(JobEventKind.Failed) { Unit = first.Unit, Lease = first.Lease }));

        // What the index holds is done, whoever put it there.
        Assert.True(_ledger.IsNews(Done(first, 1)));
        Keep(Done(first, 1));
        Assert.Equal((JobState.Finished, 1), (_ledger.State, _ledger.Describe().Lost));
        Assert.Empty(_ledger.Describe().Running);
        AssertReplayed();
    }

    [Fact]
    public void Fail_TooOften_IsSetAsideAndNamedUntilItIsRetried()
    {
        for (int i = 0; i < 2; i++)
        {
            JobEvent lease = Take("one")!;
            if (lease.Unit != "a")
            {
                Keep(Done(lease, 1));
                lease = Take("one")!;
            }

            Keep(new JobEvent(JobEventKind.Failed) { Unit = lease.Unit, Lease = lease.Lease, Text = "the file is a pipe" });
        }

        SetAsideUnit set = Assert.Single(_ledger.Describe().SetAside);
        Assert.Equal(new SetAsideUnit("a", 2, "the file is a pipe"), set);
        Assert.Equal(JobState.Finished, _ledger.State);
        AssertReplayed();
        Keep(new JobEvent(JobEventKind.Retried));
        Assert.Equal((JobState.Running, "a"), (_ledger.State, Take("two")!.Unit));
    }

    [Fact]
    public void Lost_UnitThatEndsEverySilo_IsSetAside()
    {
        Keep(Done(Take("one")!, 1));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("b", Take($"silo {i}")!.Unit);
            _clock.Move(11);
            Keep([.. _ledger.Expire()]);
        }

        Assert.Null(Take("fourth"));
        Assert.Contains("silo 2", Assert.Single(_ledger.Describe().SetAside).Reason);
        Assert.Equal(JobState.Finished, _ledger.State);
    }

    [Fact]
    public void Pause_RunningUnit_IsGivenBackAndKeepsItsChances()
    {
        JobEvent a = Take("one")!;
        Keep(new JobEvent(JobEventKind.Paused));

        Assert.False(_ledger.Renew(a.Unit, a.Lease, 1, 2));
        Assert.Null(Take("two"));
        Keep(new JobEvent(JobEventKind.Released) { Unit = a.Unit, Lease = a.Lease }, new JobEvent(JobEventKind.Resumed));
        Assert.Equal(["b", "a"], [Take("two")!.Unit, Take("two")!.Unit]);
        Keep(new JobEvent(JobEventKind.Cancelled), new JobEvent(JobEventKind.Resumed));
        Assert.Equal(JobState.Cancelled, _ledger.State);
        AssertReplayed();
    }

    [Fact]
    public void Lease_SiloWithAnotherModel_GetsNothingAndIsNamed()
    {
        JobEvent a = Take("one")!;

        Assert.Empty(_ledger.Lease("two", "another model", 1, 1));
        Assert.Contains("another model", _ledger.Describe().Fault);
        Keep(Done(a, 1));
        Assert.NotNull(Take("one"));
        Assert.Null(_ledger.Describe().Fault);
    }

    /// <summary>During an upgrade, silos of two versions read each other's events.</summary>
    [Fact]
    public void Event_OfANewerVersion_IsPassedOver()
    {
        JobEvent done = Done(new JobEvent(JobEventKind.Leased) { Unit = "a", Lease = 7 }, 5);

        JobEvent back = JobEvent.Read(done.Write().Replace("{", "{\"colour\":[1],", StringComparison.Ordinal))!;

        Assert.Equal((JobEventKind.Done, "a", 7L, 5L), (back.Kind, back.Unit, back.Lease, back.Number));
        Assert.Null(JobEvent.Read("{\"kind\":\"teleported\",\"unit\":\"a\"}"));
        Assert.Null(JobEvent.Read("no JSON"));
    }

    private static JobEvent Done(JobEvent lease, int tokens) =>
        new(JobEventKind.Done) { Unit = lease.Unit, Lease = lease.Lease, Number = tokens };

    private JobEvent? Take(string silo)
    {
        IReadOnlyList<JobEvent> events = _ledger.Lease(silo, "model", writer: 1, count: 1);
        Keep([.. events]);
        return events.Count == 0 ? null : events[^1];
    }

    private void Keep(params JobEvent[] events)
    {
        foreach (JobEvent one in events)
        {
            _log.Add(one);
            _ledger.Apply(one);
        }
    }

    private void AssertReplayed()
    {
        var again = new JobLedger("job", Options, _clock);
        _log.ForEach(again.Apply);
        JobStatus expected = _ledger.Describe(), found = again.Describe();
        Assert.Equal(
            (expected.State, expected.Done, expected.Tokens, expected.Lost, expected.Priority),
            (found.State, found.Done, found.Tokens, found.Lost, found.Priority));
        Assert.Equal(expected.SetAside, found.SetAside);
    }
}
