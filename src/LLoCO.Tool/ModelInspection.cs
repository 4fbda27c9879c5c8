using System.Text.Json;
using LLoCO.Core;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Families;
using LLoCO.Training.Probing;

namespace LLoCO.Tool;

/// <summary>The output of <c>lloco inspect</c> for a model folder: what it is, its parts, whether it compresses, what to do
/// next.</summary>
internal static class ModelInspection
{
    /// <summary>Inspects a model folder. Faults are part of the output.</summary>
    /// <param name="model">The folder.</param>
    public static Inspection Create(ModelPackage model)
    {
        CheckpointFolder? tensors = null;
        string? fault = null;
        PublishedCompressor? published = PublishedCompressor.Find(model.Folder);
        var decoder = new ModelPackage(published?.DecoderFolder ?? model.Folder, model.DisplayName);
        try
        {
            tensors = CheckpointFolder.Open(decoder.Folder);
        }
        catch (Exception error) when (error is LlocoException or FileNotFoundException)
        {
            fault = error.Message;
        }

        using (tensors)
        {
            return Describe(model, ModelParts.Check(decoder, tensors, fault), tensors, published);
        }
    }

    private static Inspection Describe(
        ModelPackage model, ModelParts parts, CheckpointFolder? tensors, PublishedCompressor? published)
    {
        string folder = published?.DecoderFolder ?? model.Folder;
        string kind = KindOf(folder);
        bool compresses = parts.Config is { SummaryLength: > 0 } || published is not null;
        string next = Next(model, parts, compresses);
        List<string> faults = [.. parts.Faults];
        if (parts.Config is { SummaryLength: 0 } && published is null)
        {
            faults.Add("It cannot compress: config.json says no summary embeddings (summary_length). Make a compressor of it: "
                + PretrainCommand(model));
        }

        Inspection tokenizer = TokenizerInspection.OfFolder(folder);
        return new Inspection(
            new
            {
                kind = "model",
                path = model.Folder,
                model_type = kind,
                config = parts.Config,
                compressor = published,
                files = tensors?.Files.Select(file => Path.GetFileName(file)) ?? [],
                adapters = model.FindAdapters().Keys.Order(StringComparer.Ordinal),
                prompt = Prompt(model),
                tokenizer = tokenizer.Json,
                parameters = tensors is null ? (long?)null : Inspector.Count(tensors),
                parts = parts.All.Select(part => new { name = part.Name, supported = part.IsSupported, note = part.Note }),
                can_compress = compresses && faults.Count == 0,
                next,
                faults,
                tensors = tensors is null ? [] : Inspector.Rows(tensors),
            },
            Text(model, parts, tensors, published, (kind, tokenizer.Text, next)),
            faults.Count == 0)
        {
            Faults = faults,
        };
    }

    private static string Text(
        ModelPackage model, ModelParts parts, CheckpointFolder? tensors, PublishedCompressor? published,
        (string Kind, string Tokenizer, string Next) said)
    {
        var lines = new List<string>
        {
            $"model:       {model.DisplayName}, {said.Kind}" + (tensors is null ? string.Empty : $", {Inspector.Count(tensors):N0} parameters"),
        };
        if (parts.Config is { } config)
        {
            lines.Add($"shape:       {config.Layers} layers, width {config.HiddenSize}, {config.Heads} heads ({config.KeyValueHeads} for "
                + $"keys and values), vocabulary {config.VocabularySize}");
            lines.Add($"window:      {config.MaxPositions} positions");
        }

        lines.Add("parts:");
        lines.AddRange(parts.All.Select(part => $"  {part.Name + ":",-19}{Verdict(part.IsSupported)}{part.Note}"));
        lines.Add($"tokenizer:   {said.Tokenizer}");
        lines.Add($"prompt:      {Prompt(model)?.ReplaceLineEndings("\\n")}");
        lines.Add($"compression: {Compression(parts, published)}");
        lines.Add($"use:         {(parts.Faults.Count > 0 ? "cannot be used as it is"
            : parts.Config is { SummaryLength: > 0 } || published is not null ? "can compress and answer"
            : "cannot compress as it is; can become a compressor")}");
        lines.Add($"next:        {said.Next}");
        return string.Join('\n', lines) + (tensors is null ? string.Empty : "\n" + Inspector.Table(tensors));
    }

    private static string Verdict(bool? isSupported) => isSupported switch
    {
        true => "supported: ",
        false => "NOT supported: ",
        null => string.Empty,
    };

    private static string Compression(ModelParts parts, PublishedCompressor? published) => parts.Config switch
    {
        { } when published is not null => $"segments of {published.SegmentLength} tokens to {published.SummaryLength} vectors ({published.Kind})",
        null => "not known",
        { SummaryLength: 0 } => "no: the model has no summary embeddings",
        { } config => $"segments of {config.SegmentLength} tokens to {config.SummaryLength} summary embeddings",
    };

    private static string Next(ModelPackage model, ModelParts parts, bool compresses) => parts.Faults.Count > 0
        ? $"mend what is not supported, then: lloco inspect {Quote(model.Folder)}"
        : compresses ? $"lloco compress PATH --index docs.db --model {Quote(model.Folder)}"
        : PretrainCommand(model);

    private static string PretrainCommand(ModelPackage model) =>
        $"lloco pretrain --base {Quote(model.Folder)} --corpus PATH --out {Quote(Path.TrimEndingDirectorySeparator(model.Folder) + "-compressor")}";

    private static string Quote(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"'{path}'" : path;

    private static string? Prompt(ModelPackage model)
    {
        try
        {
            return model.ReadPrompts().Prompt.Text;
        }
        catch (LlocoException)
        {
            // Told with the chat template, which the same file decides about.
            return null;
        }
    }

    private static string KindOf(string folder)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(TextFile.Read(Path.Combine(folder, LlamaConfigFile.FileName)));
            return json.RootElement.GetProperty("model_type").GetString() ?? "of no kind";
        }
        catch (Exception error) when (
            error is JsonException or KeyNotFoundException or InvalidOperationException or LlocoException or FileNotFoundException)
        {
            return "of no kind that its config.json tells";
        }
    }
}
