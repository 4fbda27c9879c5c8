namespace LLoCO.Orleans.Jobs;

/// <content>What happens to units.</content>
internal sealed partial class JobLedger
{
    private void Add(IReadOnlyList<JobDocument> documents)
    {
        foreach (JobDocument document in documents)
        {
            var unit = new JobUnit(document.Id, document.Path);
            if (_units.TryAdd(unit.Id, unit))
            {
                _waiting.Enqueue(unit);
            }
        }
    }

    private void ApplyToUnit(JobEvent happened)
    {
        if (!_units.TryGetValue(happened.Unit, out JobUnit? unit) || unit.IsDone)
        {
            return;
        }

        switch (happened.Kind)
        {
            case JobEventKind.Leased:
                _fault = null;
                _leased.Add(unit);
                (unit.Lease, unit.Silo, unit.Deadline, unit.Steps) = (happened.Lease, happened.Text, NewDeadline(), (0, 0));
                break;
            case JobEventKind.Done:
                End(unit);
                unit.IsDone = true;
                _setAside.Remove(unit);
                _outage = null;
                _done++;
                _tokens += happened.Number;
                break;
            case JobEventKind.Released when unit.Lease == happened.Lease:
                _outage = happened.Text.Length > 0 ? happened.Text : _outage;
                GiveBack(unit);
                break;
            case JobEventKind.Lost when unit.Lease == happened.Lease:
                _lost++;
                unit.Lost++;
                unit.Reason = $"the silo {happened.Text} was lost or hung while it worked on it";
                GiveBack(unit);
                break;
            case JobEventKind.Failed when unit.Lease == happened.Lease:
                unit.Failures++;
                unit.Reason = happened.Text;
                GiveBack(unit);
                break;
        }
    }

    private void End(JobUnit unit)
    {
        unit.Lease = 0;
        _leased.Remove(unit);
    }

    private void GiveBack(JobUnit unit)
    {
        End(unit);
        if (unit.Failures >= options.MaxFailures || unit.Lost >= options.MaxLost)
        {
            unit.IsSetAside = true;
            _setAside.Add(unit);
        }
        else
        {
            _waiting.Enqueue(unit);
        }
    }

    private void Retry()
    {
        foreach (JobUnit unit in _setAside)
        {
            (unit.IsSetAside, unit.Failures, unit.Lost) = (false, 0, 0);
            _waiting.Enqueue(unit);
        }

        _setAside.Clear();
    }

    private JobUnit? NextWaiting()
    {
        // A unit of which an earlier writer said more may stand in the queue although it is done, leased or set aside.
        while (_waiting.TryDequeue(out JobUnit? unit))
        {
            if (!unit.IsDone && !unit.IsSetAside && unit.Lease == 0)
            {
                return unit;
            }
        }

        return null;
    }

    private long NewDeadline() => clock.GetTimestamp() + (long)(options.LeaseSeconds * clock.TimestampFrequency);
}
