using LLoCO.Core;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Evaluation;

namespace LLoCO.Training;

/// <summary>Training of adapters on a pipeline's model and index.</summary>
public static class PipelineTrainingExtensions
{
    /// <summary>Makes a trainer of adapters over the pipeline's model, which is not loaded a second time.</summary>
    /// <param name="pipeline">The pipeline, with the library's own compressor and decoder.</param>
    /// <param name="options">How to train; the original's settings with <see langword="null"/>.</param>
    /// <returns>The trainer; usable as long as the pipeline is.</returns>
    /// <exception cref="LlocoException">An option is out of range, or the pipeline's decoder is the caller's own.</exception>
    public static AdapterTrainer CreateAdapterTrainer(this LlocoPipeline pipeline, AdapterTrainingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        PipelineLayers layers = pipeline.Layers;
        if (layers.PromptEnd.Count > 0)
        {
            throw new LlocoException("Adapters are trained for AutoCompressors only; this model folder is a compressor of another project, "
                + "whose decoder reads more than summary embeddings and a prompt.");
        }

        return new AdapterTrainer(
            pipeline.RequireModel("Training an adapter"), pipeline.Fingerprint, pipeline.Tokenizer,
            layers.Settings.Model?.DisplayName, options ?? new AdapterTrainingOptions());
    }

    /// <summary>Turns questions with answers into what an adapter learns from: documents become summary embeddings once, from the
    /// index where it holds them, otherwise by compression into it.</summary>
    /// <param name="pipeline">The pipeline, with the library's own compressor and decoder.</param>
    /// <param name="questions">The questions; the first accepted answer is learned.</param>
    /// <param name="adapter">Name of the adapter to be, by which its prompt is chosen; <see langword="null"/> for the model's
    /// own.</param>
    /// <param name="raw">Whether the documents' raw text stands in front instead: for baselines that read it.</param>
    /// <param name="cancellationToken">Checked before each question and segment.</param>
    /// <returns>One example per question, in order.</returns>
    /// <exception cref="LlocoException">A document cannot be compressed.</exception>
    public static async Task<IReadOnlyList<AdapterExample>> LoadExamplesAsync(
        this LlocoPipeline pipeline,
        IEnumerable<QuestionItem> questions,
        string? adapter = null,
        bool raw = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentNullException.ThrowIfNull(questions);
        return await new ExampleLoader(pipeline, pipeline.Layers, adapter, raw).LoadAsync(questions, cancellationToken).ConfigureAwait(false);
    }
}
