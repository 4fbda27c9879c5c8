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
using LLoCO.Training.Memories;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training.Export;

/// <summary>Writes key/value prefixes for PEFT: a document's key/value memory, the keys and values of its summary embeddings, or a prefix
/// that was loaded.</summary>
public static class CartridgeExport
{
    /// <summary>Writes a document's keys and values as a PEFT <c>CARTRIDGE</c>: those of its key/value memory, or what the decoder keeps of
    /// its summary embeddings.</summary>
    /// <remarks>PEFT has no bias for a slot: of a key/value memory only those without any can be written
    /// (<see cref="Memories.CartridgeTrainingOptions.KeepsBiases"/>). To PEFT a slot is a position, so keys are turned to that place.</remarks>
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
            await StagedFolder.WriteAsync(folder, staged =>
            {
                stored.CopyTo(staged);
                return Task.CompletedTask;
            }).ConfigureAwait(false);
            return KeyValuePrefixFile.Read(folder);
        }

        (SummaryEmbeddings summary, string? reader) = await DocumentSummary.LoadAsync(pipeline, documentId, adapter, cancellationToken)
            .ConfigureAwait(false);
        LoraAdapter? lora = await model.FindAdapterAsync(reader, cancellationToken).ConfigureAwait(false);
        string? name = pipeline.Layers.Settings.Model?.DisplayName;
        PrefixFrame frame = pipeline.Layers.Frame;
        await StagedFolder.WriteAsync(folder, staged => model.Worker.RunAsync(
            () =>
            {
                using PrefixKeyValues keyValues = summary.IsKeyValue
                    ? Pack(model.Model, summary)
                    : PrefixPrefill.Create(model.Model, lora, [summary], frame).ReadToEnd();
                Write(model.Model.Config, keyValues, staged, name, frozen: summary.IsKeyValue ? 1 : 0);
            },
            cancellationToken)).ConfigureAwait(false);
        return KeyValuePrefixFile.Read(folder);
    }

    /// <summary>Reads a PEFT <c>CARTRIDGE</c>, or a <c>PREFIX_TUNING</c> without projection, as the key/value memory of a document that the
    /// index has, in place of the one that it had.</summary>
    /// <param name="pipeline">The pipeline, with an index of key/value memories.</param>
    /// <param name="folder">The PEFT folder.</param>
    /// <param name="documentId">The document, of one chunk; the slots stand for it, and what is asked begins behind as many positions as it
    /// has tokens.</param>
    /// <param name="cancellationToken">Cancels before the work starts.</param>
    /// <returns>What was read.</returns>
    /// <exception cref="LlocoException">There is no such document, it has several chunks or no key/value memory, or the prefix was made for
    /// another model.</exception>
    public static async Task<KeyValuePrefixFile> ReadAsync(
        LlocoPipeline pipeline, string folder, string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(documentId);
        LoadedModel model = pipeline.RequireModel("Reading a key/value prefix");
        SummaryEmbeddings memory = await pipeline.Layers.Index.LoadSummaryAsync(documentId, cancellationToken).ConfigureAwait(false)
            ?? throw new LlocoException($"The index holds no document '{documentId}'. Compress it first, as a key/value memory.");
        if (!memory.IsKeyValue || memory.Segments.Count != 1)
        {
            throw new LlocoException(memory.IsKeyValue
                ? $"The document '{documentId}' has {memory.Segments.Count} chunks; a prefix stands for one. Compress it with a larger --chunk."
                : $"The index holds '{documentId}' as summary embeddings. Compress it into another index (--memory kv).");
        }

        SummaryEmbeddings read = await model.Worker.RunAsync(() => Unpack(model.Model, folder, memory), cancellationToken).ConfigureAwait(false);
        await CartridgeDocuments.StoreAsync(pipeline.Layers.Index, [read], cancellationToken).ConfigureAwait(false);
        return KeyValuePrefixFile.Read(folder);
    }

    /// <summary>Turns the keys on from as many positions as there are slots to as many as the document has.</summary>
    private static SummaryEmbeddings Unpack(LlamaModel model, string folder, SummaryEmbeddings memory)
    {
        LlamaConfig config = model.Config;
        using PeftPrefixFolder stored = PeftPrefixFolder.Open(folder);
        using PrefixKeyValues prefix = StoredPrefix.Load(stored, config, ScalarType.Float32, CPU);
        using DisposeScope scope = NewDisposeScope();
        int slots = (int)prefix.Length;
        int turn = KeyValueMemory.CountPositions(memory, config.MaxPositions) - slots;
        Tensor biases = zeros([slots, config.Layers * config.KeyValueHeads]);
        (Tensor Keys, Tensor Values, Tensor Biases)[] laid = MemoryPrefix.Lay(
            config, cat([StoredPrefix.Join(prefix), biases], 1), [.. Enumerable.Repeat(turn, slots)]);
        Tensor entries = cat([.. laid.SelectMany(layer => (Tensor[])[layer.Keys, layer.Values])], 0).permute(2, 0, 1, 3).reshape(slots, -1);
        float[] rows = cat([entries, biases], 1).contiguous().data<float>().ToArray();
        return SummaryEmbeddings.FromVectors(
            memory.DocumentId, rows, memory.Width, memory.Encoding, [memory.Segments[0] with { VectorCount = slots }], memory.Fingerprint);
    }

    private static PrefixKeyValues Pack(LlamaModel model, SummaryEmbeddings memory)
    {
        PrefixKeyValues packed = MemoryPrefix.Pack(model, memory);
        if (Enumerable.Range(0, packed.Layers).Any(layer => packed.Bias(layer)!.abs().amax().item<float>() > 0))
        {
            packed.Dispose();
            throw new LlocoException($"The memory of '{memory.DocumentId}' has biases, which a PEFT CARTRIDGE cannot hold. Learn the document "
                + "without them (lloco learn --no-bias; CartridgeTrainingOptions.KeepsBiases).");
        }

        return packed;
    }

    private static void Write(LlamaConfig shape, PrefixKeyValues keyValues, string folder, string? name, int frozen)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor joined = StoredPrefix.Join(keyValues);
        var config = new PeftPrefixConfig
        {
            Kind = PeftPrefixConfig.Cartridge,
            Tokens = (int)keyValues.Length,
            FrozenTokens = frozen,
            Layers = shape.Layers,
            Heads = shape.KeyValueHeads,
            Width = shape.KeyValueHeads * shape.HeadDimension,
            BaseModel = name,
        };
        PeftPrefixFolder.Write(
            folder, config, TensorLoader.ToElementType(joined.dtype), destination => TensorLoader.Write(joined, destination));
    }
}
