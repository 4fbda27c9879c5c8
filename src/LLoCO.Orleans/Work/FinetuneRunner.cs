using LLoCO.Core;
using LLoCO.Evaluation;
using LLoCO.Orleans.Jobs;
using LLoCO.Training;

namespace LLoCO.Orleans.Work;

/// <summary>Trains adapters in the shared folder, from the last checkpoint that any silo left there.</summary>
/// <param name="pipeline">The silo's pipeline.</param>
/// <param name="setup">What jobs leave open, and what reads documents.</param>
/// <param name="options">The shared folder.</param>
internal sealed class FinetuneRunner(LlocoPipeline pipeline, LlocoSiloSetup setup, ClusterOptions options) : IUnitRunner
{
    /// <inheritdoc/>
    public JobKind Kind => JobKind.Finetune;

    /// <inheritdoc/>
    public string Fingerprint { get; } = pipeline.Fingerprint.ToString();

    /// <summary>Makes the options of a training run.</summary>
    /// <param name="spec">What a job says.</param>
    /// <param name="defaults">What it leaves open.</param>
    public static AdapterTrainingOptions Complete(FinetuneSpec spec, AdapterTrainingOptions defaults) => defaults with
    {
        Epochs = spec.Epochs,
        MaxSteps = spec.MaxSteps,
        LearningRate = spec.LearningRate ?? defaults.LearningRate,
        CheckpointEvery = spec.CheckpointEvery,
        BatchSize = spec.BatchSize,
        Seed = spec.Seed,
    };

    /// <inheritdoc/>
    public async Task<long> RunAsync(WorkLease lease, WorkProgress progress, CancellationToken cancellationToken)
    {
        FinetuneSpec spec = lease.Spec.Finetune
            ?? throw new LlocoException($"The job '{lease.JobId}' does not say how to train. Give it a FinetuneSpec.");
        List<QuestionItem> questions = [.. QuestionFile.Read(lease.Path, ReadDocument).Where(item => item.Group == lease.Spec.Group)];
        if (questions.Count == 0)
        {
            throw new LlocoException($"'{lease.Path}' holds no question of group '{lease.Spec.Group}'.");
        }

        IReadOnlyList<AdapterExample> examples = await pipeline
            .LoadExamplesAsync(questions, lease.Spec.Group, cancellationToken: cancellationToken).ConfigureAwait(false);
        string folder = AdapterFolder.PathOf(options, lease.Spec.Group);
        await pipeline.CreateAdapterTrainer(Complete(spec, setup.Training)).TrainAsync(
            new AdapterExampleList(examples), folder, progress: new Steps(progress, HeldLease.Current),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        HeldLease.Current?.EnsureHeld();
        await pipeline.LoadAdapterAsync(lease.Spec.Group, folder, cancellationToken).ConfigureAwait(false);
        return 0;
    }

    private string ReadDocument(string path) => setup.Documents(new JobDocument(Path.GetFileName(path), path), SourceDocument.DefaultGroup, false)
        .LoadAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();

    private sealed class Steps(WorkProgress progress, HeldLease? held) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            // Before the next checkpoint: the folder is another silo's as soon as the lease is.
            held?.EnsureHeld();
            progress.Set(value.Step, value.Steps);
        }
    }
}
