using System.Diagnostics;
using LLoCO.Core;
using LLoCO.Core.Runtime;

namespace LLoCO.Training;

/// <summary>Takes the steps of a run one job at a time, so that questions can be answered between them; keeps checkpoints,
/// metrics and the best weights; goes on where an interrupted run stopped.</summary>
/// <param name="worker">The model's thread.</param>
/// <param name="run">The run; not disposed here.</param>
/// <param name="options">Checked options.</param>
/// <param name="folder">The folder of the result.</param>
/// <param name="settings">Hash of options, data and model.</param>
internal sealed class TrainingLoop(
    ModelWorker worker, ITrainingRun run, TrainingOptions options, string folder, string settings)
{
    private readonly TrainingFolder _files = new(folder);
    private readonly TrainingPace _pace = new();
    private TrainingNote _note = new(settings);

    /// <summary>Trains to the end.</summary>
    /// <param name="progress">Told after each step.</param>
    /// <param name="cancellationToken">Checked before each step; the step that was reached is kept.</param>
    /// <exception cref="LlocoException">The folder holds a run with other settings.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    internal async Task<TrainingResult> RunAsync(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        await RestoreAsync(cancellationToken).ConfigureAwait(false);
        while (!_note.Ended)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                await SaveAsync().ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }

            await StepAsync(progress).ConfigureAwait(false);
        }

        await worker.RunAsync(() => run.Export(folder), CancellationToken.None).ConfigureAwait(false);
        return new TrainingResult(
            folder, run.Step, run.Step < run.Steps, _note.Loss, _note.Best, run.Validates ? _note.BestStep : run.Step,
            Stopwatch.GetElapsedTime(started));
    }

    private async Task RestoreAsync(CancellationToken cancellationToken)
    {
        if (_files.Find() is not { } found)
        {
            _files.KeepMetrics(-1);
            return;
        }

        if (found.Note.Settings != settings)
        {
            throw new LlocoException(
                $"'{folder}' holds a training run with other options, data or model. Name another folder, or delete that one.");
        }

        await worker.RunAsync(() => run.Restore(_files.StateFile), cancellationToken, gradients: true).ConfigureAwait(false);
        _note = found.Note;
        _files.KeepMetrics(found.Steps);
    }

    private async Task StepAsync(IProgress<TrainingProgress>? progress)
    {
        long started = Stopwatch.GetTimestamp();
        StepOutcome outcome = await worker.RunAsync(run.TakeStep, CancellationToken.None, gradients: true).ConfigureAwait(false);
        TimeSpan taken = Stopwatch.GetElapsedTime(started);
        _pace.Add(outcome.Tokens, taken);
        if (!double.IsFinite(outcome.Loss))
        {
            throw new LlocoException(
                $"The loss of step {run.Step} is {outcome.Loss}: the weights have run away. Start again in another folder with a "
                + "lower learning rate.");
        }

        double epoch = (double)run.Step / run.StepsPerEpoch;
        _files.Append(new
        {
            run.Step,
            Epoch = Math.Round(epoch, 4),
            outcome.Loss,
            outcome.LearningRate,
            outcome.Tokens,
            Seconds = taken.TotalSeconds,
        });
        bool last = run.Step >= run.Steps;
        _note = _note with { Loss = outcome.Loss, Ended = last };
        TrainingValidation? validation = await ValidateAsync(last).ConfigureAwait(false);
        if (_note.Ended || run.Step % options.CheckpointEvery == 0)
        {
            await SaveAsync().ConfigureAwait(false);
        }

        progress?.Report(new TrainingProgress(
            run.Step, run.Steps, epoch, outcome.Loss, outcome.LearningRate, _pace.TokensPerSecond,
            _pace.PerStep * (run.Steps - run.Step), validation));
    }

    private async Task<TrainingValidation?> ValidateAsync(bool last)
    {
        long every = options.ValidateEvery ?? run.StepsPerEpoch;
        if (!run.Validates || (!last && run.Step % every != 0))
        {
            return null;
        }

        TrainingValidation validation =
            await worker.RunAsync(run.Validate, CancellationToken.None, gradients: true).ConfigureAwait(false);
        _files.Append(new
        {
            run.Step,
            ValidationLoss = validation.Loss,
            ValidationExact = validation.Exact,
            ValidationMetric = validation.Metric,
        });
        if (_note.Best is not { } best || validation.Loss < best.Loss)
        {
            await worker.RunAsync(run.KeepBest, CancellationToken.None, gradients: true).ConfigureAwait(false);
            _note = _note with { Best = validation, BestStep = run.Step, SinceBest = 0 };
        }
        else
        {
            int since = _note.SinceBest + 1;
            _note = _note with { SinceBest = since, Ended = last || (options.Patience > 0 && since >= options.Patience) };
        }

        return validation;
    }

    private Task SaveAsync() => worker.RunAsync(() => run.Save(_files.StateFile, TrainingFolder.ToText(_note)), gradients: true);
}
