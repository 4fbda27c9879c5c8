using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Compression;
using LLoCO.Core.Compression.Published;
using LLoCO.Core.Decoding.Prefixes;
using LLoCO.Core.Families;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Pipeline.Asking;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training.Export;

/// <summary>Writes key/value prefixes for PEFT: those of a document's summary embeddings, or one that was loaded.</summary>
public static class CartridgeExport
{
    /// <summary>Writes what the decoder keeps of a document's summary embeddings, its keys and values, as a PEFT
    /// <c>CARTRIDGE</c>.</summary>
    /// <param name="pipeline">The pipeline, with the library's own compressor and decoder.</param>
    /// <param name="folder">The PEFT folder to write.</param>
    /// <param name="documentId">A document of the index; <see langword="null"/> to write the adapter, a key/value prefix itself, back
    /// as it was read, byte for byte.</param>
    /// <param name="adapter">The adapter that reads the summary embeddings, as in <see cref="AskOptions.Adapter"/>.</param>
    /// <param name="cancellationToken">Cancels before the work starts.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="LlocoException">There is no such document or adapter, or nothing to write.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static async Task<KeyValuePrefixFile> WriteAsync(
        LlocoPipeline pipeline, string folder, string? documentId, string? adapter = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        LoadedModel model = pipeline.RequireModel("Writing a key/value prefix");
        if (documentId is null)
        {
            PrefixSlot slot = model.FindPrefix(adapter) ?? throw new LlocoException(
                "There is nothing to write: name a document, or an adapter that is a key/value prefix itself.");
            using PeftPrefixFolder stored = PeftPrefixFolder.Open(slot.Folder);
            stored.CopyTo(folder);
            return KeyValuePrefixFile.Read(folder);
        }

        (SummaryEmbeddings summary, string? reader) = await DocumentSummary.LoadAsync(pipeline, documentId, adapter, cancellationToken)
            .ConfigureAwait(false);
        LoraAdapter? lora = await model.FindAdapterAsync(reader, cancellationToken).ConfigureAwait(false);
        string? name = pipeline.Layers.Settings.Model?.DisplayName;
        PrefixFrame frame = pipeline.Layers.Frame;
        await model.Worker.RunAsync(
            () =>
            {
                using PrefixKeyValues keyValues = PrefixPrefill.Create(model.Model, lora, [summary], frame).ReadToEnd();
                Write(model.Model.Config, keyValues, folder, name);
            },
            cancellationToken).ConfigureAwait(false);
        return KeyValuePrefixFile.Read(folder);
    }

    private static void Write(LlamaConfig shape, PrefixKeyValues keyValues, string folder, string? name)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor joined = StoredPrefix.Join(keyValues);
        var config = new PeftPrefixConfig
        {
            Kind = PeftPrefixConfig.Cartridge,
            Tokens = (int)keyValues.Length,
            Layers = shape.Layers,
            Heads = shape.KeyValueHeads,
            Width = shape.KeyValueHeads * shape.HeadDimension,
            BaseModel = name,
        };
        PeftPrefixFolder.Write(
            folder, config, TensorLoader.ToElementType(joined.dtype), destination => TensorLoader.Write(joined, destination));
    }
}
