using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Projection;
using LLoCO.Core.Runtime;
using LLoCO.Core.Segments;
using LLoCO.Core.Tokenization;

namespace LLoCO.Core.Pipeline.Building;

/// <summary>Chooses what makes the memories of documents: summary embeddings by the model, or keys and values.</summary>
/// <param name="settings">Checked settings.</param>
/// <param name="projector">What summary embeddings pass; <see langword="null"/> for nothing.</param>
internal sealed class CompressorLoader(PipelineSettings settings, ISummaryProjector? projector)
{
    /// <summary>Makes the compressor: that of the settings, or one of the kind that the index holds.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="prompt">Its prompt, whose beginning stands in front of the text of a key/value memory.</param>
    /// <param name="index">The index.</param>
    /// <param name="cancellationToken">Checked before the index is read.</param>
    /// <exception cref="LlocoException">The model cannot make or read such memories.</exception>
    public IContextCompressor Load(
        LoadedModel model, ITokenizer tokenizer, PromptTemplate prompt, IRetrievalIndex index, CancellationToken cancellationToken)
    {
        if (settings.KeyValues is { } make)
        {
            return make(model, tokenizer, prompt);
        }

        ModelFingerprint? stored = index.LoadFingerprintAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
        return stored?.IsKeyValue == true
            ? new KeyValueReader(model, prompt.EncodeHead(tokenizer).Count)
            : new AutoCompressor(
                model,
                new Segmenter(model.Config.SegmentLength, model.Config.SegmentBoundary, tokenizer).Cut,
                projector?.Fingerprint ?? IdentityProjector.Name);
    }
}
