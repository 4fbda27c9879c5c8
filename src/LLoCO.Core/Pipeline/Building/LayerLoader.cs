using System.Diagnostics;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Compression;
using LLoCO.Core.Compression.Published;
using LLoCO.Core.Decoding;
using LLoCO.Core.Families;
using LLoCO.Core.Index;
using LLoCO.Core.Projection;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Trust;
using Microsoft.Extensions.Logging;

namespace LLoCO.Core.Pipeline.Building;

/// <summary>Creates the layers that the caller did not supply, and checks that all match.</summary>
internal sealed class LayerLoader(PipelineSettings settings)
{
    private readonly Stack<IAsyncDisposable> _owned = new();

    /// <summary>Loads model, tokenizer, adapters and index of checked settings, and joins them to a pipeline's layers.</summary>
    /// <param name="cancellationToken">Checked between the steps and within the loading of weights.</param>
    /// <returns>The layers; disposing them disposes what was created here.</returns>
    /// <exception cref="LlocoConfigurationException">The layers do not match.</exception>
    public async Task<PipelineLayers> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Reading weights blocks on the disk, so it does not run on the caller's thread.
            PipelineLayers layers = await Task.Run(() => Load(cancellationToken), cancellationToken).ConfigureAwait(false);
            CheckFit(layers);
            await layers.Index.BindAsync(layers.Decoder.Fingerprint, cancellationToken).ConfigureAwait(false);
            return layers;
        }
        catch
        {
            while (_owned.TryPop(out IAsyncDisposable? one))
            {
                await one.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    private PipelineLayers Load(CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        PipelineLayers? shared = settings.Shared;
        (ITokenizer tokenizer, PromptSettings prompts) = shared is null ? LoadTexts() : (shared.Tokenizer, shared.Prompts);
        LoadedModel? model = settings.Compressor is null || settings.Decoder is null
            ? Own((shared?.Decoder as LlamaAnswerDecoder)?.Loaded.Share() ?? LoadedModel.Open(
                DecoderFolder, settings.Device, settings.Precision, tokenizer.Fingerprint, cancellationToken))
            : null;
        IPublishedCompressor? published = settings.Compressor is not null || settings.KeyValues is not null ? null
            : shared is null ? new PublishedLoader(settings).Load(model!, tokenizer, Own, cancellationToken)
            : shared.Compressor as IPublishedCompressor;
        IRetrievalIndex index = settings.Index ?? Own(OpenIndex(cancellationToken));
        ISummaryProjector? projector = published is null
            ? ProjectorLoader.Find(settings, Own) : PublishedLoader.FindProjector(_owned, shared?.Projector);
        IContextCompressor compressor = settings.Compressor ?? published
            ?? new CompressorLoader(settings, projector).Load(model!, tokenizer, prompts.Prompt, index, cancellationToken);
        PrefixFrame? frame = published?.Frame ?? new PrefixFrame(1) { MemorySlots = settings.MemorySlots, Places = settings.MemoryPlaces };
        IAnswerDecoder decoder = settings.Decoder ?? MakeDecoder(model!, tokenizer, compressor.Fingerprint, frame, cancellationToken);
        return new PipelineLayers(_owned)
        {
            Settings = settings,
            Tokenizer = tokenizer,
            Compressor = compressor,
            Projector = settings.Projector ?? (compressor.Fingerprint.IsKeyValue
                ? new KeyValueProjector(compressor) : projector ?? new IdentityProjector(compressor.Width)),
            Decoder = decoder,
            Prompts = Complete(prompts, published),
            PromptEnd = published?.PromptEnd ?? [],
            Index = index,
            Calibrations = LoadCalibrations(decoder.Fingerprint),
            Reference = LoadReference(compressor.Fingerprint.IsKeyValue ? model!.Fingerprint : decoder.Fingerprint),
            Model = settings.Compressor is null && settings.Decoder is null ? model : null,
            Embedder = settings.Embedder ?? DefaultEmbedder.Find(),
            LoadTime = Stopwatch.GetElapsedTime(started),
        };
    }

    private IRetrievalIndex OpenIndex(CancellationToken cancellationToken) =>
        settings.FindIndexKind() is { } open ? open(cancellationToken).GetAwaiter().GetResult()
        : settings.IndexFile is { } file ? SqliteRetrievalIndex.Open(file)
        : new InMemoryRetrievalIndex();

    private string DecoderFolder => ModelLayout.DecoderFolder(settings.Model!.Folder);

    /// <summary>The prompts, with the words of a compressor of another project where the folder says nothing else.</summary>
    private PromptSettings Complete(PromptSettings prompts, IPublishedCompressor? published) =>
        published is null || settings.Prompt is not null || prompts.HasPrompt
            ? prompts
            : prompts with { Prompt = new PromptTemplate(published.Prompt) };

    private (ITokenizer Tokenizer, PromptSettings Prompts) LoadTexts()
    {
        if (settings.Model is not { } model)
        {
            return (settings.Tokenizer!, new PromptSettings
            {
                Prompt = settings.Prompt is { } prompt ? new PromptTemplate(prompt) : PromptTemplate.Default,
            });
        }

        // Checks the model family first: a model that is not supported needs no tokenizer.
        LlamaConfig config = LlamaConfigFile.Read(Path.Combine(DecoderFolder, LlamaConfigFile.FileName));
        ITokenizer tokenizer = settings.Tokenizer ?? LoadTokenizer(DecoderFolder);

        PromptSettings prompts = PromptLoader.Load(model.Folder, ChooseTemplate(model.Folder, config), settings.Prompt, tokenizer);
        int? turnEnd = tokenizer is IPromptTokenizer encoder ? prompts.Prompt.Turn?.FindEnd(encoder, tokenizer) : null;
        return (ModelTokenizer.Create(tokenizer, EndTokens.Read(DecoderFolder, config.VocabularySize), turnEnd), prompts);
    }

    /// <summary>A compressor of another project was trained with marks of its own, so it is asked without a template.</summary>
    private string? ChooseTemplate(string folder, LlamaConfig config)
    {
        if (settings.Compressor is not null || !PublishedLoader.Holds(folder, config))
        {
            return settings.ChatTemplate;
        }

        return settings.ChatTemplate is null or PromptLoader.None
            ? PromptLoader.None
            : throw new LlocoException(
                $"The compressor in '{folder}' was trained with marks of its own around a question, so the chat template "
                + $"'{settings.ChatTemplate}' cannot be used. Leave it out, or name none.");
    }

    private LlamaAnswerDecoder MakeDecoder(
        LoadedModel model, ITokenizer tokenizer, ModelFingerprint fingerprint, PrefixFrame? frame, CancellationToken cancellationToken)
    {
        // Adapters of a model read its key/value memories, too.
        ModelFingerprint readers = fingerprint.IsKeyValue ? model.Fingerprint : fingerprint;
        var asked = settings.Adapters.Select(adapter => adapter.Name).ToHashSet(StringComparer.Ordinal);
        foreach ((string name, string folder) in AdapterFolders(settings.Model!))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (asked.Contains(name))
            {
                model.LoadAdapter(name, folder, readers);
            }
            else
            {
                // A model may ship many of which a run uses one.
                model.AddAdapter(name, folder, readers);
            }
        }

        foreach (string name in settings.MergedAdapters)
        {
            cancellationToken.ThrowIfCancellationRequested();
            model.MergeAdapter(name);
        }

        return Own(new LlamaAnswerDecoder(
            model, fingerprint, tokenizer, settings.Prefixes, settings.Decoding, settings.Batching, frame,
            settings.Shared?.Decoder as LlamaAnswerDecoder));
    }

    private Dictionary<string, string> AdapterFolders(ModelPackage model)
    {
        // An adapter from the caller replaces the model's adapter of the same name. Those of a shared model are there already.
        Dictionary<string, string> adapters = settings.Shared is null ? new(model.FindAdapters(), StringComparer.Ordinal) : [];
        foreach ((string name, string folder) in settings.Adapters)
        {
            adapters[name] = folder;
        }

        return adapters;
    }

    private Dictionary<string, CalibrationFile> LoadCalibrations(ModelFingerprint fingerprint)
    {
        if (settings.Model is not { } model || settings.Decoder is not null || fingerprint.IsKeyValue)
        {
            // Calibrations are of summary embeddings.
            return [];
        }

        var found = new Dictionary<string, CalibrationFile>(
            settings.Shared?.Calibrations ?? new Dictionary<string, CalibrationFile>(), StringComparer.Ordinal);

        foreach ((string adapter, string folder) in AdapterFolders(model).Append(new(string.Empty, model.Folder)))
        {
            found.Remove(adapter);
            if (CalibrationFile.Read(folder) is { } calibration)
            {
                fingerprint.EnsureMatches(
                    calibration.Fingerprint, $"calibration '{Path.Combine(folder, CalibrationFile.FileName)}'");
                found.Add(adapter, calibration);
            }
        }

        return found;
    }

    private ITokenizer LoadTokenizer(string folder)
    {
        TokenizerChoice choice = TokenizerFile.Open(folder);
        if (choice.Warning is { } warning)
        {
            Log.TokenizersDiffer(settings.Loggers.CreateLogger<LlocoPipeline>(), warning);
        }

        return choice.Tokenizer;
    }

    // A checkpoint that was trained on with the file of its base beside it is another model: its own documents are not known.
    private ModelReference? LoadReference(ModelFingerprint fingerprint) =>
        settings.Model is { } model && settings.Decoder is null && ModelReference.Read(model.Folder) is { } reference
        && reference.Fingerprint == fingerprint
            ? reference
            : null;

    private static void CheckFit(PipelineLayers layers)
    {
        var faults = new List<string>();
        if (layers.Compressor.Fingerprint != layers.Decoder.Fingerprint)
        {
            faults.Add($"The compressor makes summaries of {layers.Compressor.Fingerprint}, the decoder reads those of "
                + $"{layers.Decoder.Fingerprint}. Bring a pair that belongs together.");
        }

        if (layers.Projector.InputWidth != layers.Compressor.Width)
        {
            faults.Add($"The projector takes vectors of width {layers.Projector.InputWidth}, the compressor makes "
                + $"{layers.Compressor.Width}. Bring a projector for this compressor.");
        }

        if (layers.Projector.Fingerprint != layers.Compressor.Fingerprint.Projector)
        {
            faults.Add($"The projector is '{layers.Projector.Fingerprint}', the compressor's fingerprint says "
                + $"'{layers.Compressor.Fingerprint.Projector}'. Bring a compressor that names its projector.");
        }

        if (faults.Count > 0)
        {
            throw new LlocoConfigurationException(faults);
        }
    }

    private T Own<T>(T made)
        where T : IAsyncDisposable
    {
        _owned.Push(made);
        return made;
    }
}
