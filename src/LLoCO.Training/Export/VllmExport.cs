using System.Text;
using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Compression;
using LLoCO.Core.Decoding;
using LLoCO.Core.Lora;
using LLoCO.Core.Model;
using LLoCO.Core.Runtime;
using LLoCO.Core.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace LLoCO.Training.Export;

/// <summary>
/// Writes a document's summary embeddings for a vLLM server: the base64 of a saved tensor <c>[tokens, hidden]</c>, the requests
/// around it, the adapter as a PEFT folder, and a note on the server's options.
/// </summary>
public static class VllmExport
{
    /// <summary>The base64 of the summary embeddings alone.</summary>
    public const string EmbedsFile = "prompt_embeds.b64";

    /// <summary>The request for <c>/v1/chat/completions</c>.</summary>
    public const string ChatFile = "chat.json";

    /// <summary>The request for <c>/v1/completions</c>, in which the prompt is vectors too.</summary>
    public const string CompletionFile = "completion.json";

    /// <summary>The PEFT folder of the adapter.</summary>
    public const string AdapterFolder = "adapter";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Writes the files: all of them, or on failure none.</summary>
    /// <param name="pipeline">The pipeline, with the library's own compressor and decoder.</param>
    /// <param name="folder">The folder; made if it is not there.</param>
    /// <param name="options">What to write.</param>
    /// <param name="cancellationToken">Cancels before the files are written.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="LlocoException">There is no such document or adapter, it is kept as a key/value memory, or the adapter is a key/value prefix, which vLLM does not
    /// take.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static async Task<VllmExportResult> WriteAsync(
        LlocoPipeline pipeline, string folder, VllmExportOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxNewTokens, 1);
        LoadedModel model = pipeline.RequireModel("Writing a request to vLLM");
        if (pipeline.Layers.PromptEnd.Count > 0)
        {
            throw new LlocoException("A request to vLLM is written for AutoCompressors only: this model reads vectors around its summary "
                + "embeddings, which a chat template of the server does not know. Ask it here, or write its keys and values (--cartridge).");
        }

        (SummaryEmbeddings summary, string? adapter) = await DocumentSummary.LoadAsync(
            pipeline, options.DocumentId, options.Adapter, cancellationToken).ConfigureAwait(false);
        if (summary.IsKeyValue)
        {
            throw new LlocoException($"A request to vLLM carries summary embeddings, and '{options.DocumentId}' is kept as keys and values, which a "
                + "prompt cannot hold. Write it as a PEFT folder (--cartridge), or compress the document as summary embeddings.");
        }

        LoraAdapter? lora = await model.FindAdapterAsync(adapter, cancellationToken).ConfigureAwait(false);
        string served = options.ServedModel ?? pipeline.Layers.Settings.Model?.DisplayName ?? "model";
        PromptTemplate template = pipeline.Layers.Prompts.For(adapter);
        string prompt = Text(template, options.Question ?? PromptTemplate.QuestionMark);
        int[] ids = options.Question is { } question ? [.. template.Encode(pipeline.Tokenizer, question).Whole] : [];
        var files = new List<string>();
        await StagedFolder.WriteAsync(folder, staged => model.Worker.RunAsync(
            () =>
            {
                string alone = Encode(model.Model, summary, []);
                Write(staged, EmbedsFile, alone);
                Write(staged, ChatFile, Chat(adapter ?? served, alone, prompt, options.MaxNewTokens));
                if (ids.Length > 0)
                {
                    Write(staged, CompletionFile, Completion(adapter ?? served, Encode(model.Model, summary, ids), options.MaxNewTokens));
                }

                if (lora is not null)
                {
                    LoraAdapterFolder.Save(Path.Combine(staged, AdapterFolder), lora, served, pipeline.Fingerprint);
                    files.Add(AdapterFolder);
                }

                Write(staged, VllmNote.TemplateFile, VllmNote.Template);
                Write(staged, VllmNote.FileName, VllmNote.Format(served, adapter, lora?.Rank, ids.Length > 0));
            },
            cancellationToken)).ConfigureAwait(false);
        return new VllmExportResult(summary.Count, summary.Width, adapter, files);

        void Write(string staged, string name, string text)
        {
            AtomicFile.Write(Path.Combine(staged, name), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
            files.Add(name);
        }
    }

    /// <summary>The prompt as text, with what a chat template writes around it: the server's template adds nothing.</summary>
    private static string Text(PromptTemplate template, string question)
    {
        string words = template.Format(question);
        if (template.Turn is not { } turn)
        {
            return words;
        }

        words = turn.TrimsStart ? words.TrimStart() : words;
        words = turn.TrimsEnd ? words.TrimEnd() : words;
        return string.Concat(turn.Head[turn.Begin.Length..], words, turn.Tail);
    }

    /// <summary>The base64 of what <c>torch.save</c> writes of the vectors, in the model's number format.</summary>
    private static string Encode(LlamaModel model, SummaryEmbeddings summary, int[] ids)
    {
        using DisposeScope scope = NewDisposeScope();
        LlamaWeights weights = model.Weights;
        Tensor rows = tensor(SummaryPayload.Decode(summary), [summary.Count, summary.Width], dtype: ScalarType.Float32).to(weights.Type);
        if (ids.Length > 0)
        {
            rows = cat([rows, model.Embed(CompressionRun.Ids(ids, weights.Device))[0].cpu()], 0);
        }

        using var stream = new MemoryStream();
        TorchArchiveWriter.WriteOne(
            stream, TensorLoader.Describe(EmbedsFile, rows), (_, destination) => TensorLoader.Write(rows, destination));
        return Convert.ToBase64String(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static string Chat(string model, string embeds, string prompt, int tokens) => JsonSerializer.Serialize(
        new
        {
            model,
            messages = new[]
            {
                new
                {
                    role = "user",
                    content = new object[] { new { type = "prompt_embeds", data = embeds }, new { type = "text", text = prompt } },
                },
            },
            max_tokens = tokens,
            temperature = 0,
        },
        Indented);

    private static string Completion(string model, string embeds, int tokens) => JsonSerializer.Serialize(
        new { model, prompt = (string?)null, prompt_embeds = embeds, max_tokens = tokens, temperature = 0 }, Indented);
}
