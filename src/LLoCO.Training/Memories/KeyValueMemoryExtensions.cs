using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Validation;

namespace LLoCO.Training.Memories;

/// <summary>Key/value memories in a pipeline: documents are kept as keys and values that a model reads as it is, without having been
/// trained to compress.</summary>
public static class KeyValueMemoryExtensions
{
    /// <summary>Makes key/value memories of documents in place of summary embeddings. An index holds one kind; a pipeline that only asks
    /// an index of key/value memories needs no such call.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="options">How; the defaults if omitted.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="LlocoException">An option is out of its range.</exception>
    public static LlocoPipelineBuilder UseKeyValueMemory(this LlocoPipelineBuilder builder, KeyValueMemoryOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        KeyValueMemoryOptions checkedOptions = options ?? new KeyValueMemoryOptions();
        OptionsFaults.ThrowIfAny(checkedOptions, "options of key/value memories");
        return builder.Set(settings => settings.KeyValues =
            (model, tokenizer, prompt) => new KeyValueCompressor(model, tokenizer, prompt, checkedOptions));
    }

    /// <summary>Makes a trainer of the key/value memories of documents over the pipeline's model, which is not loaded a second
    /// time.</summary>
    /// <param name="pipeline">The pipeline, with the library's own decoder and an index of key/value memories.</param>
    /// <param name="options">How to train; defaults with <see langword="null"/>.</param>
    /// <returns>The trainer; usable as long as the pipeline is.</returns>
    /// <exception cref="LlocoException">An option is out of range, the pipeline's decoder is the caller's own, or its memories are
    /// summary embeddings.</exception>
    public static CartridgeTrainer CreateCartridgeTrainer(this LlocoPipeline pipeline, CartridgeTrainingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return pipeline.Fingerprint.IsKeyValue
            ? new CartridgeTrainer(
                pipeline.Layers, pipeline.RequireModel("Training key/value memories"), options ?? new CartridgeTrainingOptions())
            : throw new LlocoException($"This pipeline keeps documents as summary embeddings. Build it with {nameof(UseKeyValueMemory)}, "
                + "and an index of its own.");
    }

    /// <summary>Tells what kind of memory a fingerprint is of: that of a pipeline, an index, or a document's memory.</summary>
    /// <param name="fingerprint">The fingerprint.</param>
    /// <returns>The kind.</returns>
    public static MemoryKind FindMemoryKind(this ModelFingerprint fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        return fingerprint.IsKeyValue ? MemoryKind.KeyValue : MemoryKind.Summary;
    }

    /// <summary>Reads at most so many slots of each document's key/value memory, those of the most worth: a smaller memory without the
    /// text.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="slots">Most slots; at least 1.</param>
    /// <returns>The same builder.</returns>
    public static LlocoPipelineBuilder UseMemorySlots(this LlocoPipelineBuilder builder, int slots)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        return builder.Set(settings => settings.MemorySlots = slots);
    }

    /// <summary>Says where the key/value memories of several documents lie in front of one question.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="places">Where; without this call <see cref="MemoryPlaces.Auto"/>.</param>
    /// <returns>The same builder.</returns>
    public static LlocoPipelineBuilder UseMemoryPlaces(this LlocoPipelineBuilder builder, MemoryPlaces places)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!Enum.IsDefined(places))
        {
            throw new ArgumentOutOfRangeException(nameof(places), places, "It must be one of the choices.");
        }

        return builder.Set(settings => settings.MemoryPlaces = (PrefixPlaces)places);
    }
}
