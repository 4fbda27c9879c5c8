using LLoCO.Core.Checkpoints;
using LLoCO.Core.Compression.Published;
using LLoCO.Core.Families;
using LLoCO.Core.Projection;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Pipeline.Building;

/// <summary>Loads the compressor of another project where a model folder holds one.</summary>
/// <param name="settings">Checked settings.</param>
internal sealed class PublishedLoader(PipelineSettings settings)
{
    /// <summary>Tells whether a model folder holds a compressor of another project.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="decoder">Its decoder's settings.</param>
    public static bool Holds(string folder, LlamaConfig decoder) =>
        LclmFolder.IsOne(folder) || (decoder.SummaryLength == 0 && IcaeFile.Find(folder) is not null);

    /// <summary>Loads the compressor and the models that it needs besides the decoder.</summary>
    /// <param name="model">The decoder.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="own">Takes over what is to be disposed with the pipeline.</param>
    /// <param name="cancellationToken">Checked within the loading of weights.</param>
    /// <returns>The compressor; <see langword="null"/> if the folder holds none.</returns>
    /// <exception cref="CheckpointFormatException">A file of it is damaged or not supported.</exception>
    public IPublishedCompressor? Load(
        LoadedModel model, ITokenizer tokenizer, Func<IAsyncDisposable, IAsyncDisposable> own, CancellationToken cancellationToken)
    {
        string folder = settings.Model!.Folder;
        IPublishedCompressor? found = LclmFolder.IsOne(folder) ? LoadLclm(LclmFolder.Read(folder), model, tokenizer, own, cancellationToken)
            : model.Config.SummaryLength == 0 && IcaeFile.Find(folder) is { } file
                ? IcaeCompressor.Load(model, file, tokenizer, settings.Projector?.Fingerprint ?? IdentityProjector.Name)
            : null;
        return found is null ? null : (IPublishedCompressor)own(found);
    }

    /// <summary>Finds the projector among what was loaded.</summary>
    /// <param name="owned">What the pipeline disposes.</param>
    /// <param name="shared">The projector of the pipeline whose model is used; <see langword="null"/> where there is none.</param>
    public static ISummaryProjector? FindProjector(IEnumerable<IAsyncDisposable> owned, ISummaryProjector? shared) =>
        owned.OfType<LclmProjector>().FirstOrDefault() ?? shared as LclmProjector;

    private LclmCompressor LoadLclm(
        LclmFolder folder, LoadedModel decoder, ITokenizer tokenizer, Func<IAsyncDisposable, IAsyncDisposable> own,
        CancellationToken cancellationToken)
    {
        var encoder = (LoadedModel)own(LoadedModel.OpenEncoder(
            folder.Encoder, settings.Device, settings.Precision, tokenizer.Fingerprint, cancellationToken));
        string projector = settings.Projector?.Fingerprint ?? ((LclmProjector)own(LclmProjector.Load(
            folder.AdapterFile, encoder.Config.HiddenSize, decoder.Config.HiddenSize))).Fingerprint;
        return LclmCompressor.Create(folder, encoder, decoder, tokenizer, projector);
    }
}
