using LLoCO.Core.Runtime;

namespace LLoCO.Training.Probing;

/// <summary>The training of an adapter, or of a document's keys and values, step by step: forward pass, backward pass and AdamW, as
/// <see cref="AdapterTrainer"/> and <see cref="Memories.CartridgeTrainer"/> take them.</summary>
public sealed class AdapterSteps : IDisposable
{
    private readonly ModelWorker _worker;
    private readonly ITrainingRun _run;

    internal AdapterSteps(ModelWorker worker, ITrainingRun run) => (_worker, _run) = (worker, run);

    /// <summary>Takes one step.</summary>
    /// <param name="cancellationToken">Takes the step out of the queue; once it has started it runs to its end.</param>
    /// <returns>The loss before the step.</returns>
    public async Task<double> TakeAsync(CancellationToken cancellationToken = default) =>
        (await _worker.RunAsync(_run.TakeStep, cancellationToken, gradients: true).ConfigureAwait(false)).Loss;

    /// <inheritdoc/>
    public void Dispose() => _run.Dispose();
}
