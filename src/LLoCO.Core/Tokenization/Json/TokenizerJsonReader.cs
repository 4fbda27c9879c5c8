using System.Text.Json;
using LLoCO.Core.Checkpoints;
using LLoCO.Core.Tokenization.Json.Decoders;
using LLoCO.Core.Tokenization.Json.Models;
using LLoCO.Core.Tokenization.Json.Normalizers;
using LLoCO.Core.Tokenization.Json.PreTokenizers;

namespace LLoCO.Core.Tokenization.Json;

/// <summary>
/// Reads a <c>tokenizer.json</c> (https://github.com/huggingface/tokenizers, <c>tokenizer/serialization.rs</c>). The file is
/// untrusted: an unknown part is refused by name, before anything in the file is used.
/// </summary>
internal static class TokenizerJsonReader
{
    /// <summary>Reads a file.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="data">Its bytes.</param>
    /// <exception cref="CheckpointFormatException">It is broken, or asks for what is not supported.</exception>
    public static TokenizerJson Read(string file, ReadOnlyMemory<byte> data)
    {
        using JsonDocument document = JsonFile.Parse(file, data);
        var root = new JsonFields(file, document.RootElement);
        JsonFields modelFields = root.Child("model")
            ?? throw new CheckpointFormatException(file, "model", "the key is missing, so this is not a tokenizer.json; check the path");
        WordModel model = ModelReader.Read(modelFields);
        if (model.Vocabulary.Count == 0)
        {
            throw new CheckpointFormatException(
                file, "model.vocab", "holds no pieces, so no text has tokens; fetch the model's own file");
        }

        List<PieceStage> stages = Stages(root, model);
        return new TokenizerJson
        {
            Normalizer = root.Child("normalizer") is { } normalizer ? NormalizerReader.Read(normalizer) : null,
            Stages = stages[0],
            AsksForPlace = stages.OfType<MetaspaceStage>().Any(stage => stage.AsksForPlace),
            Model = model,
            Decoder = root.Child("decoder") is { } decoder ? DecoderReader.Read(decoder) : null,
            AddedTokens = AddedTokenReader.Read(root, model.Vocabulary),
            Before = root.Child("post_processor") is { } processor ? PostProcessorReader.ReadBefore(processor) : [],
            Description = Describe(root, model),
        };
    }

    private static List<PieceStage> Stages(JsonFields root, WordModel model)
    {
        var read = new List<PieceStage?>();
        if (root.Child("pre_tokenizer") is { } fields)
        {
            PreTokenizerReader.Read(fields, read);
        }

        bool bytesLast = read.Count > 0 && read[^1] is null;
        if (bytesLast)
        {
            read.RemoveAt(read.Count - 1);
        }

        List<PieceStage> stages = [.. read.Select(stage => stage ?? new BytesStage()), new ModelStage(model, bytesLast)];
        for (int i = 0; i + 1 < stages.Count; i++)
        {
            stages[i].Next = stages[i + 1];
        }

        return stages;
    }

    private static string Describe(JsonFields root, WordModel model)
    {
        string[] parts = [.. new[] { "normalizer", "pre_tokenizer", "decoder" }
            .Select(key => root.Child(key)).Where(part => part is not null).Select(part => TypeOf(part!.Value))];
        string kind = model switch
        {
            BpeModel => "BPE",
            UnigramModel => "Unigram",
            WordPieceModel => "WordPiece",
            _ => "WordLevel",
        };
        return parts.Length == 0 ? kind : $"{kind} ({string.Join(", ", parts.Distinct())})";
    }

    private static string TypeOf(JsonFields part)
    {
        string type = ComponentReader.TypeOf(part);
        string? list = type != "Sequence" ? null : part.Object.EnumerateObject().Select(property => property.Name)
            .FirstOrDefault(name => name != "type");
        return list is null ? type : string.Join(" + ", ComponentReader.Parts(part, list).Select(TypeOf));
    }
}
