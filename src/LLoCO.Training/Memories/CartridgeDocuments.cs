using System.Security.Cryptography;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Lora;
using LLoCO.Core.Pipeline.Asking;
using LLoCO.Core.Pipeline.Building;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;
using LLoCO.Training.SelfStudy;

namespace LLoCO.Training.Memories;

/// <summary>Reads the documents of a cartridge run from the index, lets the model answer their questions with the text in its window,
/// and stores the trained memories.</summary>
/// <param name="layers">The pipeline's layers.</param>
/// <param name="model">Its model.</param>
/// <param name="options">Checked options.</param>
internal sealed class CartridgeDocuments(PipelineLayers layers, LoadedModel model, CartridgeTrainingOptions options)
{
    private const int QuestionsAtOnce = 16;

    /// <summary>Reads documents and their questions.</summary>
    /// <param name="documentIds">The documents.</param>
    /// <param name="learned">Questions to learn.</param>
    /// <param name="heldOut">Questions to hold out.</param>
    /// <param name="cancellationToken">Checked before each document and each stretch of text.</param>
    /// <returns>The documents that have questions to learn.</returns>
    /// <exception cref="LlocoException">A document is not there, has no key/value memory, or a question does not fit the window.</exception>
    internal async Task<IReadOnlyList<CartridgePart>> LoadAsync(
        IEnumerable<string> documentIds, IEnumerable<StudyPair> learned, IEnumerable<StudyPair> heldOut, CancellationToken cancellationToken)
    {
        ILookup<string, StudyPair> toLearn = learned.ToLookup(pair => pair.DocumentId, StringComparer.Ordinal);
        ILookup<string, StudyPair> toHold = heldOut.ToLookup(pair => pair.DocumentId, StringComparer.Ordinal);
        var parts = new List<CartridgePart>();
        foreach (string id in documentIds.Distinct(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            DocumentRecord record = await layers.Index.FindAsync(id, cancellationToken).ConfigureAwait(false)
                ?? throw new LlocoException($"The index holds no document '{id}'. Compress it first, as a key/value memory.");
            if (toLearn[id].Any())
            {
                parts.Add(await LoadAsync(record, [.. toLearn[id]], [.. toHold[id]], cancellationToken).ConfigureAwait(false));
            }
        }

        string[] adapters = [.. parts.Select(part => part.AdapterName ?? "none").Distinct()];
        if (options.AdapterLearningRate > 0 && adapters.Length > 1)
        {
            throw new LlocoException($"These documents are read with several adapters ({string.Join(", ", adapters)}), and one can be trained "
                + "with them. Train the memories of each group in a run of its own.");
        }

        return parts.Count > 0
            ? parts
            : throw new LlocoException("There is no question about these documents. Let a teacher write some (self-study).");
    }

    /// <summary>Stores trained memories in the place of those they started from.</summary>
    /// <param name="index">The index that has the documents.</param>
    /// <param name="memories">The memories.</param>
    /// <param name="cancellationToken">Checked before each document.</param>
    internal static async Task StoreAsync(
        IRetrievalIndex index, IReadOnlyList<SummaryEmbeddings> memories, CancellationToken cancellationToken)
    {
        foreach (SummaryEmbeddings memory in memories)
        {
            string id = memory.DocumentId;
            DocumentRecord record = await index.FindAsync(id, cancellationToken).ConfigureAwait(false) ?? throw Gone(id);
            IndexedDocument document = await IndexCopier.LoadAsync(index, record, cancellationToken).ConfigureAwait(false) ?? throw Gone(id);

            // How well the memory it started from kept the text says nothing of this one.
            await index.PutAsync(document with { Summary = memory, Fidelity = null }, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Hashes everything that a run depends on.</summary>
    /// <param name="parts">The documents with their questions.</param>
    /// <returns>SHA-256, upper-case hex.</returns>
    /// <remarks>The memories themselves are left out: when the run has ended, the index holds what was trained.</remarks>
    internal string Hash(IReadOnlyList<CartridgePart> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(options));
        hash.AppendData(Encoding.UTF8.GetBytes(layers.Compressor.Fingerprint.ToString()));
        foreach (CartridgePart part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{part.Id}\n{part.Memory.Count}\n{part.Memory.RawTokens}\n{part.AdapterName}\n"));
            foreach (AdapterExample example in part.Learned.Concat(part.HeldOut))
            {
                hash.AppendData(MemoryMarshal.AsBytes(example.Prompt.Span));
                hash.AppendData(MemoryMarshal.AsBytes(example.Answer.Span));
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static LlocoException Gone(string id) => new(
        $"The index has no document '{id}' any more. Its trained keys and values are in the run's folder; compress it and run again.");

    private async Task<CartridgePart> LoadAsync(
        DocumentRecord record, StudyPair[] learned, StudyPair[] heldOut, CancellationToken cancellationToken)
    {
        SummaryEmbeddings memory = await layers.Index.LoadSummaryAsync(record.Id, cancellationToken).ConfigureAwait(false) ?? throw Gone(record.Id);
        if (!memory.IsKeyValue)
        {
            throw new LlocoException($"The index holds '{record.Id}' as summary embeddings. Only key/value memories can be learned: compress "
                + "into another index (--memory kv; UseKeyValueMemory).");
        }

        string? adapter = AdapterChoice.Choose(layers.Decoder, options.Adapter, record.Group);
        LoraAdapter? loaded = await model.FindAdapterAsync(adapter, cancellationToken).ConfigureAwait(false);
        string text = await layers.Index.LoadTextAsync(record.Id, cancellationToken).ConfigureAwait(false) ?? throw Gone(record.Id);
        var read = new TaughtText(layers.Tokenizer, text, memory, layers.Prompts.For(null).EncodeHead(layers.Tokenizer));
        return new CartridgePart(
            record.Id, memory, adapter, loaded,
            await TeachAsync(read, learned, adapter, loaded, cancellationToken).ConfigureAwait(false),
            await TeachAsync(read, heldOut, adapter, loaded, cancellationToken).ConfigureAwait(false));
    }

    private async Task<IReadOnlyList<AdapterExample>> TeachAsync(
        TaughtText text, StudyPair[] pairs, string? adapter, LoraAdapter? loaded, CancellationToken cancellationToken)
    {
        var learner = new CartridgeLearner(model.Model);
        var taught = new List<AdapterExample>(pairs.Length);
        foreach (IGrouping<int, StudyPair> stretch in pairs.GroupBy(pair => text.FindStart(pair.Start, pair.Length)))
        {
            int[] ids = text.Read(stretch.Key);
            AdapterExample[] examples = [.. stretch.Select((pair, i) => Example(pair, i, adapter))];
            foreach (AdapterExample example in examples)
            {
                new WindowBudget(model.Config.MaxPositions)
                {
                    RawText = ids.Length, Prompt = example.Prompt.Length, Answer = example.Answer.Length,
                }.EnsureFits();
            }

            taught.AddRange(await model.Worker.RunAsync(
                () => learner.Teach(ids, examples, loaded, options.TopLogits, QuestionsAtOnce), cancellationToken).ConfigureAwait(false));
        }

        return taught;
    }

    private AdapterExample Example(StudyPair pair, int number, string? adapter) => new()
    {
        Id = $"{pair.DocumentId}-{pair.Prompt}-{number}",
        Prompt = layers.EncodePrompt(pair.Question, adapter).Whole.ToArray(),
        Answer = AnswerEncoding.Encode(layers.Tokenizer, layers.Prompts.For(adapter), pair.Question, pair.Answer),
        AcceptedAnswers = [pair.Answer],
    };
}
