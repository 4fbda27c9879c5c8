using LLoCO.Core.Evaluation;
using LLoCO.Core.Pipeline;
using LLoCO.Core.Training;

namespace LLoCO.Core;

/// <content>Training of adapters on the pipeline's model and index.</content>
public sealed partial class LlocoPipeline
{
    /// <summary>Makes a trainer of adapters over the pipeline's model, which is not loaded a second time.</summary>
    /// <param name="options">How to train; the original's settings with <see langword="null"/>.</param>
    /// <returns>The trainer; usable as long as the pipeline is.</returns>
    /// <exception cref="LlocoException">An option is out of range, or the pipeline's decoder is the caller's own.</exception>
    public AdapterTrainer CreateAdapterTrainer(AdapterTrainingOptions? options = null)
    {
        EnsureUsable();
        return new AdapterTrainer(
            RequireModel("Training an adapter"), Fingerprint, Tokenizer, _layers.Settings.Model?.DisplayName,
            options ?? new AdapterTrainingOptions());
    }

    /// <summary>Turns questions with answers into what an adapter learns from: documents become summary embeddings once, from the
    /// index where it holds them, otherwise by compression into it.</summary>
    /// <param name="questions">The questions; the first accepted answer is learned.</param>
    /// <param name="adapter">Name of the adapter to be, by which its prompt is chosen; <see langword="null"/> for the model's
    /// own.</param>
    /// <param name="raw">Whether the documents' raw text stands in front instead: for baselines that read it.</param>
    /// <param name="cancellationToken">Checked before each question and segment.</param>
    /// <returns>One example per question, in order.</returns>
    /// <exception cref="LlocoException">A document cannot be compressed.</exception>
    public async Task<IReadOnlyList<AdapterExample>> LoadExamplesAsync(
        IEnumerable<QuestionItem> questions,
        string? adapter = null,
        bool raw = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        EnsureUsable();
        return await new ExampleLoader(this, _layers, adapter, raw).LoadAsync(questions, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads an adapter into the running pipeline, in the place of one of that name.</summary>
    /// <param name="name">The name to ask for it; an adapter named as a group reads that group.</param>
    /// <param name="folder">The PEFT folder.</param>
    /// <param name="cancellationToken">Cancels before the loading.</param>
    /// <returns>Done when questions can ask for it.</returns>
    /// <exception cref="Checkpoints.CheckpointFormatException">A file is damaged or does not fit the model.</exception>
    /// <exception cref="FingerprintMismatchException">The adapter was trained for another model.</exception>
    public Task LoadAdapterAsync(string name, string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        EnsureUsable();
        Runtime.LoadedModel model = RequireModel("Loading an adapter");
        return model.Worker.RunAsync(() => model.LoadAdapter(name, folder, Fingerprint), cancellationToken, gradients: true);
    }

    private Runtime.LoadedModel RequireModel(string what) => _layers.Model
        ?? throw new LlocoException($"{what} needs the library's own decoder and compressor; this pipeline was given others.");
}
