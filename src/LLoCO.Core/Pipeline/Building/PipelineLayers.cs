using LLoCO.Core.Compression;
using LLoCO.Core.Compression.Published;
using LLoCO.Core.Decoding;
using LLoCO.Core.Index;
using LLoCO.Core.Projection;
using LLoCO.Core.Retrieval;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tokenization;
using LLoCO.Core.Tokenization.Chat;
using LLoCO.Core.Trust;

namespace LLoCO.Core.Pipeline.Building;

/// <summary>The layers of a running pipeline. Disposes the layers that it owns, in reverse order.</summary>
internal sealed class PipelineLayers(Stack<IAsyncDisposable> owned) : IAsyncDisposable
{
    public required PipelineSettings Settings { get; init; }

    public required ITokenizer Tokenizer { get; init; }

    public required IContextCompressor Compressor { get; init; }

    public required ISummaryProjector Projector { get; init; }

    public required IAnswerDecoder Decoder { get; init; }

    public required IRetrievalIndex Index { get; init; }

    public required PromptSettings Prompts { get; init; }

    /// <summary>Gets the ids behind every prompt, for models of other projects.</summary>
    public IReadOnlyList<int> PromptEnd { get; init; } = [];

    /// <summary>Gets what stands around the summary embeddings of a question.</summary>
    public PrefixFrame Frame => (Decoder as IKeyValueReader)?.Frame ?? PrefixFrame.None;

    /// <summary>Gets the calibrations by adapter; the base model's under the empty name.</summary>
    public required IReadOnlyDictionary<string, CalibrationFile> Calibrations { get; init; }

    /// <summary>Gets what the model's own documents look like to it; <see langword="null"/> where that is not known.</summary>
    public ModelReference? Reference { get; init; }

    /// <summary>Gets the model, if both compressor and decoder are the library's own.</summary>
    public LoadedModel? Model { get; init; }

    public required TimeSpan LoadTime { get; init; }

    public IPassageEmbedder? Embedder { get; init; }

    public PassageSplitter Passages { get; } = new();

    /// <summary>Puts a question into its prompt.</summary>
    /// <param name="question">The question.</param>
    /// <param name="adapter">The adapter that answers, or <see langword="null"/> for the base model.</param>
    /// <param name="begins">Whether nothing stands before the prompt.</param>
    /// <returns>The ids of template and question.</returns>
    public EncodedPrompt EncodePrompt(string question, string? adapter, bool begins = false)
    {
        EncodedPrompt prompt = Prompts.For(adapter).Encode(Tokenizer, question, begins);
        if (!begins && Decoder.Fingerprint.IsKeyValue)
        {
            // What a prompt begins with is in the memory.
            prompt = new EncodedPrompt(prompt.Rest);
        }

        return PromptEnd.Count == 0
            ? prompt
            : new EncodedPrompt([.. prompt.Whole, .. PromptEnd], prompt.Head, [.. prompt.Rest, .. PromptEnd]);
    }

    /// <summary>Finds the calibration of answers.</summary>
    /// <param name="adapter">The adapter that answers, or <see langword="null"/> for the base model.</param>
    /// <param name="context">What it reads; case does not matter.</param>
    public ConfidenceCalibration? FindCalibration(string? adapter, string context) =>
        Calibrations.GetValueOrDefault(adapter ?? string.Empty)?.Contexts
            .GetValueOrDefault(context.ToLowerInvariant())?.Calibration;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (owned.TryPop(out IAsyncDisposable? one))
        {
            await one.DisposeAsync().ConfigureAwait(false);
        }
    }
}
